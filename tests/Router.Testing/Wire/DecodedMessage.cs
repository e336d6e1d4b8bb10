using System.Collections.Immutable;

namespace Router.Testing.Wire;

/// <summary>A message as a trace shows it; what it prints could stand in a script.</summary>
internal sealed record DecodedMessage(string Name, ImmutableArray<WireTerm> Terms)
{
    public override string ToString() => Terms.IsEmpty ? Name : $"{Name} {string.Join(' ', Terms)}";
}
