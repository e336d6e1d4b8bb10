using System.Globalization;
using Prometheus;
using Router.Cluster;
using Router.Proxy;
using Router.Proxy.Routing;

namespace Router.Hosting.Gateway;

/// <summary>The data plane's health and counters, read off its snapshots.</summary>
internal sealed class ProxyHealth(
    IClusterViewSource views, IBootClock clock, Func<ProxySnapshot> snapshot, Func<Task<IReadOnlyList<PoolSnapshot>>> pools)
    : IProxyHealth
{
    public string? WhyNoPrimary
    {
        get
        {
            var view = views.Current;
            return view.UsablePrimary(clock.Now) is null
                ? view.Hold ?? (view.Primary is null ? "no primary is known" : "nobody has vouched for the primary in time")
                : null;
        }
    }

    public async Task CollectAsync(MetricFactory metrics)
    {
        PoolMetrics.Collect(metrics, await pools());
        var counters = snapshot();
        metrics.CreateGauge("router_proxy_replicas", "Replicas that may be routed to").Set(views.Current.Replicas.Count);
        metrics.CreateGauge("router_proxy_hold_queue_length", "Clients that are held").Set(counters.HoldQueueLength);
        var clients = metrics.CreateGauge("router_proxy_clients", "Clients now", "listener", "state");
        clients.WithLabels("primary", "active").Set(counters.PrimaryClientsActive);
        clients.WithLabels("primary", "waiting").Set(counters.PrimaryClientsWaiting);
        clients.WithLabels("replica", "active").Set(counters.ReplicaClientsActive);
        clients.WithLabels("replica", "waiting").Set(counters.ReplicaClientsWaiting);
        var backends = metrics.CreateGauge("router_proxy_backends", "Backend connections now", "member");
        foreach (var (member, connections) in counters.BackendsOfMembers)
        {
            backends.WithLabels(member.Value).Set(connections);
        }

        CollectTotals(metrics, counters);
        CollectLoops(metrics, counters);
        CollectTls(metrics, ("client", counters.ClientHandshakes), ("server", counters.ServerHandshakes));
    }

    private static void CollectLoops(MetricFactory metrics, ProxySnapshot counters)
    {
        var busy = metrics.CreateCounter(
            "router_loop_busy_seconds_total", "Time that an event loop has worked; its rate is the use of one processor core", "loop");
        foreach (var (index, time) in counters.LoopsBusy.Index())
        {
            busy.WithLabels(index.ToString(CultureInfo.InvariantCulture)).IncTo(time.TotalSeconds);
        }
    }

    private static void CollectTls(MetricFactory metrics, params ReadOnlySpan<(string Leg, HandshakeTotals Totals)> legs)
    {
        var count = metrics.CreateCounter("router_proxy_tls_handshakes_total", "TLS handshakes", "leg", "outcome");
        var time = metrics.CreateCounter(
            "router_proxy_tls_handshake_seconds_total", "Time that successful TLS handshakes took, waiting for the peer included", "leg");
        foreach (var (leg, totals) in legs)
        {
            count.WithLabels(leg, "succeeded").IncTo(totals.Succeeded);
            count.WithLabels(leg, "failed").IncTo(totals.Failed);
            time.WithLabels(leg).IncTo(totals.Time.TotalSeconds);
        }
    }

    private static void CollectTotals(MetricFactory metrics, ProxySnapshot counters)
    {
        Total(metrics, "router_proxy_clients_total", "Clients that began to log in", counters.ClientsTotal);
        Total(metrics, "router_proxy_hold_timeouts_total", "Clients held for hold_timeout in vain", counters.HoldTimeoutsTotal);
        Total(metrics, "router_proxy_hold_queue_full_total", "Clients refused by a full hold queue", counters.HoldQueueFullTotal);
        Total(metrics, "router_proxy_backend_open_failures_total", "Backends that could not be opened",
            counters.BackendOpenFailuresTotal);
        Totals(metrics, "router_proxy_held_total", "Clients that had to wait for a member", "listener",
            ("primary", counters.HeldPrimaryTotal), ("replica", counters.HeldReplicaTotal));
        Totals(metrics, "router_proxy_cancels_total", "Cancel requests", "outcome",
            ("forwarded", counters.CancelsForwardedTotal),
            ("unknown", counters.CancelsUnknownTotal),
            ("dropped", counters.CancelsDroppedTotal));
        Totals(metrics, "router_proxy_bytes_total", "Bytes relayed", "from",
            ("clients", counters.BytesFromClientsTotal), ("backends", counters.BytesFromBackendsTotal));
        Totals(metrics, "router_proxy_final_errors_total", "Errors that ended a session, sent by the proxy", "sqlstate",
            [.. counters.FinalErrorsTotal.Select(error => (error.Key, error.Value))]);
    }

    private static void Total(MetricFactory metrics, string name, string help, long value) =>
        metrics.CreateCounter(name, help).IncTo(value);

    private static void Totals(
        MetricFactory metrics, string name, string help, string label, params ReadOnlySpan<(string Value, long Total)> totals)
    {
        var counter = metrics.CreateCounter(name, help, label);
        foreach (var (value, total) in totals)
        {
            counter.WithLabels(value).IncTo(total);
        }
    }
}
