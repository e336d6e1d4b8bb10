using System.Collections.Immutable;
using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>
/// What a server connection has reported of its session's settings, or what a client has been told of them. Immutable and
/// shared: most clients and connections of a pool point to one and the same.
/// </summary>
internal sealed class ReportedParameters
{
    private readonly ImmutableArray<ParameterStatus> _parameters;

    private ReportedParameters(ImmutableArray<ParameterStatus> parameters) => _parameters = parameters;

    public static ReportedParameters None { get; } = new([]);

    public ReadOnlySpan<ParameterStatus> All => _parameters.AsSpan();

    /// <summary>PostgreSQL's names are compared without regard to case.</summary>
    public string? Find(string name) => IndexOf(name) is var at and >= 0 ? _parameters[at].Value : null;

    /// <summary>A known name stays as the server spells it.</summary>
    public ReportedParameters With(ParameterStatus changed)
    {
        var at = IndexOf(changed.Name);
        return at < 0 ? new ReportedParameters(_parameters.Add(changed))
            : _parameters[at].Value == changed.Value ? this
            : new ReportedParameters(_parameters.SetItem(at, _parameters[at] with { Value = changed.Value }));
    }

    /// <summary>Every parameter of this one has the same value there.</summary>
    public bool IsWithin(ReportedParameters other)
    {
        foreach (var parameter in _parameters)
        {
            if (other.Find(parameter.Name) != parameter.Value)
            {
                return false;
            }
        }

        return true;
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (string.Equals(_parameters[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
