using System.Collections.Immutable;

namespace Router.Testing.Wire;

/// <summary>A message to send, or a part of its bytes.</summary>
/// <param name="From">The first byte to send.</param>
/// <param name="To">The byte to stop before; the whole rest where null.</param>
internal sealed record WirePart(MessageLayout Layout, ImmutableArray<WireTerm> Terms, int From, int? To)
{
    /// <exception cref="FormatException">The terms do not fit the message, or the part is none of it.</exception>
    public ReadOnlyMemory<byte> Encode(WireVariables variables)
    {
        var bytes = MessageEncoder.Encode(Layout, variables.Replace(Terms));
        return From <= bytes.Length && (To ?? 0) <= bytes.Length
            ? bytes.AsMemory(From..(To ?? bytes.Length))
            : throw new FormatException($"the message has {bytes.Length} bytes only");
    }
}
