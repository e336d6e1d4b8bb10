using System.Collections.Immutable;
using Router.Protocol.Framing;

namespace Router.Testing.Wire;

/// <summary>A message's name, as in PostgreSQL's manual, and what stands where.</summary>
/// <param name="Side">Who sends it; null where both do.</param>
internal sealed record MessageLayout(string Name, FrameSide? Side, char Type, ImmutableArray<MessageField> Fields)
{
    public MessageFraming Framing { get; init; }

    /// <summary>The word before the fields that tells this message from others of its type.</summary>
    public int? Code { get; init; }
}
