using System.Collections.Immutable;

namespace Router.Testing.Wire;

/// <summary>What the variables of a running scenario stand for, and the comparison that gives them their values.</summary>
internal sealed class WireVariables
{
    private ImmutableDictionary<string, WireTerm> _values = ImmutableDictionary<string, WireTerm>.Empty;

    /// <summary>Whether a message is what a script expects. What the expectation leaves out is not looked at.</summary>
    public bool Match(ImmutableArray<WireTerm> expected, ImmutableArray<WireTerm> actual)
    {
        var before = _values;
        if (MatchBeginning(expected, actual))
        {
            return true;
        }

        _values = before;
        return false;
    }

    /// <exception cref="FormatException">A variable has no value yet.</exception>
    public ImmutableArray<WireTerm> Replace(ImmutableArray<WireTerm> terms) => [.. terms.Select(Replace)];

    private WireTerm Replace(WireTerm term) => term switch
    {
        WireTerm.Variable variable => _values.GetValueOrDefault(variable.Name)
            ?? throw new FormatException($"{variable} has no value: no message was heard that gives it one"),
        WireTerm.List list => list with { Items = Replace(list.Items) },
        WireTerm.Named named => named with { Value = Replace(named.Value) },
        _ => term,
    };

    private bool MatchBeginning(ImmutableArray<WireTerm> expected, ImmutableArray<WireTerm> actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var isMet = expected[i] is WireTerm.Named named
                ? actual.OfType<WireTerm.Named>().Any(other => other.Key == named.Key && Match(named.Value, other.Value))
                : i < actual.Length && Match(expected[i], actual[i]);
            if (!isMet)
            {
                return false;
            }
        }

        return true;
    }

    private bool Match(WireTerm expected, WireTerm actual)
    {
        switch (expected)
        {
            case WireTerm.Any:
                return true;
            case WireTerm.Null:
                return actual is WireTerm.Null;
            case WireTerm.Variable variable when _values.TryGetValue(variable.Name, out var value):
                return Match(value, actual);
            case WireTerm.Variable variable:
                _values = _values.Add(variable.Name, actual);
                return true;
            case WireTerm.List list:
                return actual is WireTerm.List other
                    && (other.IsTuple || list.Items.Length == other.Items.Length)
                    && MatchBeginning(list.Items, other.Items);
            default:
                return BytesOf(expected) is { } bytes && BytesOf(actual) is { } same && bytes.AsSpan().SequenceEqual(same);
        }
    }

    private static byte[]? BytesOf(WireTerm term) => term switch
    {
        WireTerm.Bytes bytes => bytes.Value,
        WireTerm.Secret secret => secret.Value,
        _ => null,
    };
}
