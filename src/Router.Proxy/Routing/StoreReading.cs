using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>What the store's watch tells.</summary>
public abstract record StoreReading
{
    private StoreReading()
    {
    }

    public sealed record Seen(ClusterView View) : StoreReading;

    /// <param name="Reason">One sentence: which endpoint, which error.</param>
    public sealed record Unreachable(string Reason) : StoreReading;
}
