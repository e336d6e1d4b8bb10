using System.Collections.Immutable;

namespace Router.Testing.Wire;

/// <summary>One conversation of a script.</summary>
public sealed record WireScenario(string Title, string At)
{
    internal ImmutableArray<WireStep> Steps { get; init; } = [];

    /// <summary>Every write arrives in one piece: what the scenario shows depends on it.</summary>
    public bool IsUncut { get; init; }

    /// <summary>The routes on which it cannot hold, each with the reason.</summary>
    public ImmutableDictionary<string, string> Exceptions { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The script plays the server too; otherwise it talks to a real one.</summary>
    public bool HasServer => Steps.Any(static step => step.Party.StartsWith('s'));

    public override string ToString() => $"{At}: {Title}";
}
