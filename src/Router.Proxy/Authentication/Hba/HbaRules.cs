using System.Collections.Immutable;

namespace Router.Proxy.Authentication.Hba;

/// <summary>An HBA file as it is in force. Immutable; a reload replaces it.</summary>
public sealed class HbaRules
{
    private readonly ImmutableArray<HbaRule> _rules;

    internal HbaRules(ImmutableArray<HbaRule> rules)
    {
        _rules = rules;
        AsksForOwnNetworks = rules.Any(static rule => rule.Address is HbaAddress.SameHost or HbaAddress.SameNet);
    }

    /// <summary>Nobody is let in.</summary>
    public static HbaRules Empty { get; } = new([]);

    public int Count => _rules.Length;

    /// <summary>This machine's own addresses can decide.</summary>
    public bool AsksForOwnNetworks { get; }

    /// <summary>By the first line that fits; null where none does.</summary>
    public AuthDemand? Find(HbaFacts client)
    {
        ArgumentNullException.ThrowIfNull(client);
        foreach (var rule in _rules)
        {
            if (rule.Fits(client))
            {
                return rule.Demand;
            }
        }

        return null;
    }

    /// <summary>What a line demands, of all that stand here: for who checks a configuration.</summary>
    public bool Demands(Func<AuthDemand, bool> condition) => _rules.Any(rule => condition(rule.Demand));

    public override string ToString() => $"{Count} lines";
}
