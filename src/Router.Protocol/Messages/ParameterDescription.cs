using System.Collections.Immutable;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>The types of a prepared statement's parameters. Their number is an unsigned 16-bit one.</summary>
public sealed record ParameterDescription(ImmutableArray<int> TypeOids)
{
    public static ParameterDescription? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        if (!reader.TryReadInt16(out var count) || reader.Remaining != (ushort)count * sizeof(int))
        {
            return null;
        }

        var types = ImmutableArray.CreateBuilder<int>((ushort)count);
        while (reader.TryReadInt32(out var type))
        {
            types.Add(type);
        }

        return new ParameterDescription(types.MoveToImmutable());
    }

    public void Write(FrameWriter writer)
    {
        writer.Begin(MessageType.ParameterDescription).Int16(unchecked((short)TypeOids.Length));
        foreach (var type in TypeOids)
        {
            writer.Int32(type);
        }

        writer.End();
    }

    public bool Equals(ParameterDescription? other) =>
        other is not null && TypeOids.AsSpan().SequenceEqual(other.TypeOids.AsSpan());

    public override int GetHashCode() => TypeOids.Length;
}
