using System.Collections.Immutable;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>The columns of the rows that follow.</summary>
public sealed record RowDescription(ImmutableArray<FieldDescription> Fields)
{
    public static RowDescription? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        if (!reader.TryReadInt16(out var count))
        {
            return null;
        }

        var fields = ImmutableArray.CreateBuilder<FieldDescription>();
        for (var i = 0; i < (ushort)count; i++)
        {
            if (!TryRead(ref reader, out var field))
            {
                return null;
            }

            fields.Add(field);
        }

        return reader.Remaining == 0 ? new RowDescription(fields.ToImmutable()) : null;
    }

    public void Write(FrameWriter writer)
    {
        writer.Begin(MessageType.RowDescription).Int16(unchecked((short)Fields.Length));
        foreach (var field in Fields)
        {
            writer.Text(field.Name)
                .Int32(field.TableOid).Int16(field.AttributeNumber)
                .Int32(field.TypeOid).Int16(field.TypeSize).Int32(field.TypeModifier)
                .Int16(field.Format);
        }

        writer.End();
    }

    private static bool TryRead(ref BodyReader reader, out FieldDescription field)
    {
        var isRead = reader.TryReadText(out var name)
            & reader.TryReadInt32(out var table) & reader.TryReadInt16(out var attribute)
            & reader.TryReadInt32(out var type) & reader.TryReadInt16(out var size)
            & reader.TryReadInt32(out var modifier) & reader.TryReadInt16(out var format);
        field = new FieldDescription(name, type, size)
        {
            TableOid = table,
            AttributeNumber = attribute,
            TypeModifier = modifier,
            Format = format,
        };
        return isRead;
    }

    public bool Equals(RowDescription? other) =>
        other is not null && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override int GetHashCode() => Fields.Length;
}
