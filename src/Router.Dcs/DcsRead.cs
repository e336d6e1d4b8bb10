using Router.Cluster;

namespace Router.Dcs;

/// <summary>A view, or why there is none.</summary>
public abstract record DcsRead
{
    private DcsRead()
    {
    }

    public sealed record Seen(ClusterView View) : DcsRead;

    /// <param name="Reason">One sentence for the log: which endpoint, which error.</param>
    public sealed record Unreachable(string Reason) : DcsRead;
}
