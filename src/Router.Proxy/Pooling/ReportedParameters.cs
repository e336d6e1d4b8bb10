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

    /// <summary>Equal where names, values and their order are.</summary>
    public static IEqualityComparer<ReportedParameters> ByContent { get; } = EqualityComparer<ReportedParameters>.Create(
        static (one, other) => one!._parameters.AsSpan().SequenceEqual(other!._parameters.AsSpan()),
        static parameters => HashOf(parameters));

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

    private static int HashOf(ReportedParameters parameters)
    {
        var hash = default(HashCode);
        foreach (var parameter in parameters._parameters)
        {
            hash.Add(parameter);
        }

        return hash.ToHashCode();
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
