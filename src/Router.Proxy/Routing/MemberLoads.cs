using System.Collections.Concurrent;
using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// Owns what the proxy knows of its own load on each member: connections now, and when one last failed. Used by every
/// loop; entries are few (one for each member name ever routed to).
/// </summary>
internal sealed class MemberLoads(IBootClock clock)
{
    /// <summary>How long a member that refused a connection stays the last choice.</summary>
    private static readonly TimeSpan FailingFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<MemberName, Load> _loads = new();

    public void Opened(MemberName member) => Interlocked.Increment(ref Of(member).Connections);

    public void Closed(MemberName member) => Interlocked.Decrement(ref Of(member).Connections);

    public void Failed(MemberName member) =>
        Volatile.Write(ref Of(member).FailingUntilTicks, (clock.Now + FailingFor).SinceBoot.Ticks);

    /// <summary>Connections now, for each member ever routed to.</summary>
    public IReadOnlyDictionary<MemberName, int> Connections() =>
        _loads.ToDictionary(pair => pair.Key, pair => Volatile.Read(ref pair.Value.Connections));

    /// <summary>One entry for each replica of the view, in its order.</summary>
    public ReplicaLoad[] Of(RoutingView view)
    {
        var now = clock.Now.SinceBoot.Ticks;
        var loads = new ReplicaLoad[view.Replicas.Count];
        for (var i = 0; i < loads.Length; i++)
        {
            var load = Of(view.Replicas[i].Name);
            loads[i] = new ReplicaLoad(
                Volatile.Read(ref load.Connections), now < Volatile.Read(ref load.FailingUntilTicks));
        }

        return loads;
    }

    private Load Of(MemberName member) => _loads.GetOrAdd(member, static _ => new Load());

    private sealed class Load
    {
        public int Connections;
        public long FailingUntilTicks;
    }
}
