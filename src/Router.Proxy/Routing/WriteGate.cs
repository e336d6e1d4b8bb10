using Router.Cluster;
using Router.Proxy.Pooling;

namespace Router.Proxy.Routing;

/// <summary>
/// Answers, for every batch of a client's bytes, whether it may go to the primary that its session is on (S19): the
/// newest view names that primary, nothing holds it, and its licence has not run out. Nothing may go anywhere while an
/// operator has suspended all traffic.
/// </summary>
internal sealed class WriteGate(IClusterViewSource views, IBootClock clock, PoolOperator? orders = null)
{
    /// <summary>True for a session on a replica, which writes nothing, but for SUSPEND.</summary>
    public bool IsOpenFor(PrimaryIdentity? identity) =>
        orders?.Now.IsSuspended != true && IsLicensed(identity);

    private bool IsLicensed(PrimaryIdentity? identity) =>
        identity is null || views.Current.UsablePrimary(clock.Now)?.Identity == identity;
}
