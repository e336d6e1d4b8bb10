using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// Answers, for every batch of a client's bytes, whether it may go to the primary that its session is on (S19): the
/// newest view names that primary, nothing holds it, and its licence has not run out.
/// </summary>
internal sealed class WriteGate(IClusterViewSource views, IBootClock clock)
{
    /// <summary>True for a session on a replica, which writes nothing.</summary>
    public bool IsOpenFor(PrimaryIdentity? identity) =>
        identity is null || views.Current.UsablePrimary(clock.Now)?.Identity == identity;
}
