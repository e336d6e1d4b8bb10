using Router.Configuration.Agent;
using Router.Proxy;
using Router.Transport;

namespace Router.Configuration.Proxy;

/// <summary>
/// What SIGHUP changes of a <c>router.yml</c>. Fixed for the process's life: which cluster and store, the addresses and
/// what belongs to them, whether there is pooling, and the loops with how they wait.
/// </summary>
internal static class ProxyReloadPlan
{
    public static ReloadPlan<ProxyConfiguration> Of(ProxyConfiguration inForce, ProxyConfiguration written)
    {
        var diff = new SettingDiff();
        var effective = written with
        {
            Scope = diff.Keep("scope", inForce.Scope, written.Scope),
            Namespace = diff.Keep("namespace", inForce.Namespace, written.Namespace),
            Etcd = AgentReloadPlan.Store(diff, inForce.Etcd, written.Etcd),
            Proxy = Listeners(diff, inForce.Proxy, written.Proxy),
            HttpListen = diff.Keep("http.listen", inForce.HttpListen, written.HttpListen),
            Probe = Account(diff, inForce.Probe, written.Probe),
            Tcp = Tcp(diff, inForce.Tcp, written.Tcp),
            Loops = diff.Keep("loops", inForce.Loops, written.Loops),
            Transport = diff.Keep("transport", inForce.Transport, written.Transport),
            Log = written.Log with { Format = diff.Keep("log.type", inForce.Log.Format, written.Log.Format) },
        };
        return new ReloadPlan<ProxyConfiguration>(effective, diff.Names);
    }

    /// <summary>The account may change; whether there is one decides how members are verified.</summary>
    private static ProbeConfiguration? Account(SettingDiff diff, ProbeConfiguration? inForce, ProbeConfiguration? written)
    {
        _ = diff.Keep("probe", inForce is null, written is null);
        return inForce is null ? null : written ?? inForce;
    }

    private static TcpOptions Tcp(SettingDiff diff, TcpOptions inForce, TcpOptions written) => new()
    {
        KeepAlive = diff.Keep("tcp_keepalive", inForce.KeepAlive, written.KeepAlive),
        KeepIdle = diff.Keep("tcp_keepidle", inForce.KeepIdle, written.KeepIdle),
        KeepInterval = diff.Keep("tcp_keepintvl", inForce.KeepInterval, written.KeepInterval),
        KeepCount = diff.Keep("tcp_keepcnt", inForce.KeepCount, written.KeepCount),
        UserTimeout = diff.Keep("tcp_user_timeout", inForce.UserTimeout, written.UserTimeout),
        DeferAccept = diff.Keep("tcp_defer_accept", inForce.DeferAccept, written.DeferAccept),
    };

    private static ProxyOptions Listeners(SettingDiff diff, ProxyOptions inForce, ProxyOptions written)
    {
        _ = diff.Keep("listen.primary", true, inForce.PrimaryListen.SequenceEqual(written.PrimaryListen));
        _ = diff.Keep("pool_mode", inForce.Pool is null, written.Pool is null);
        _ = diff.Keep("listen.replica", true, inForce.ReplicaListen.SequenceEqual(written.ReplicaListen));
        return written with
        {
            // How it pools may change, whether it does may not: sessions and pools live by it.
            Pool = inForce.Pool is null ? null : written.Pool ?? inForce.Pool,
            PrimaryListen = inForce.PrimaryListen,
            ReplicaListen = inForce.ReplicaListen,
            ListenBacklog = diff.Keep("listen_backlog", inForce.ListenBacklog, written.ListenBacklog),
            ReusePort = diff.Keep("so_reuseport", inForce.ReusePort, written.ReusePort),
            UnixSocketMode = diff.Keep("unix_socket_mode", inForce.UnixSocketMode, written.UnixSocketMode),
            RelayHeldMax = diff.Keep("relay_held_max", inForce.RelayHeldMax, written.RelayHeldMax),
        };
    }
}
