using System.Collections.Immutable;
using System.Text;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>One row in text format; null is SQL's null. Its values are nobody's business and are not printed.</summary>
public sealed record DataRow(ImmutableArray<string?> Values)
{
    private const int NullLength = -1;

    public static DataRow? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        if (!reader.TryReadInt16(out var count))
        {
            return null;
        }

        var values = ImmutableArray.CreateBuilder<string?>();
        for (var i = 0; i < (ushort)count; i++)
        {
            if (!reader.TryReadInt32(out var length))
            {
                return null;
            }

            if (length == NullLength)
            {
                values.Add(null);
                continue;
            }

            if (!reader.TryReadBytes(length, out var value))
            {
                return null;
            }

            values.Add(Encoding.UTF8.GetString(value));
        }

        return reader.Remaining == 0 ? new DataRow(values.ToImmutable()) : null;
    }

    public void Write(FrameWriter writer) => Write(writer, Values.AsSpan());

    /// <summary>Writes a row without building one.</summary>
    public static void Write(FrameWriter writer, ReadOnlySpan<string?> values)
    {
        writer.Begin(MessageType.DataRow).Int16(unchecked((short)values.Length));
        foreach (var value in values)
        {
            if (value is null)
            {
                writer.Int32(NullLength);
            }
            else
            {
                writer.Value(value);
            }
        }

        writer.End();
    }

    public bool Equals(DataRow? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    public override int GetHashCode() => Values.Length;

    public override string ToString() => $"DataRow with {Values.Length} values";
}
