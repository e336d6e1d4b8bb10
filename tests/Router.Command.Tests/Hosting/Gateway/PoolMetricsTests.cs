using System.Text;
using Prometheus;
using Router.Hosting.Gateway;
using Router.Proxy;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;

namespace Router.Command.Tests.Hosting.Gateway;

public sealed class PoolMetricsTests
{
    [Theory]
    [InlineData("router_pool_clients{database=\"app\",user=\"web\",listener=\"primary\",state=\"waiting\"} 3")]
    [InlineData("router_pool_servers{database=\"app\",user=\"web\",listener=\"replica\",state=\"idle\"} 2")]
    [InlineData("router_pool_maxwait_seconds{database=\"app\",user=\"web\",listener=\"primary\"} 1.5")]
    [InlineData("pgbouncer_pools_client_waiting_connections{database=\"app\",user=\"web\"} 3")]
    [InlineData("pgbouncer_pools_server_idle_connections{database=\"app@replica\",user=\"web\"} 2")]
    [InlineData("pgbouncer_stats_sql_transactions_pooled_total{database=\"app\"} 15")]
    [InlineData("router_pool_wait_seconds_bucket{database=\"app\",user=\"web\",le=\"0.00005\"} 1")]
    [InlineData("router_pool_wait_seconds_bucket{database=\"app\",user=\"web\",le=\"+Inf\"} 3")]
    [InlineData("router_pool_wait_seconds_sum{database=\"app\",user=\"web\"} 0.25")]
    [InlineData("router_pool_wait_seconds_count{database=\"app\",user=\"web\"} 3")]
    public async Task A_pool_is_there_under_our_names_and_those_of_the_exporter(string line)
    {
        var registry = Metrics.NewCustomRegistry();
        PoolMetrics.Collect(Metrics.WithCustomRegistry(registry),
        [
            new PoolSnapshot(new PoolKey(ListenerKind.Primary, "app", "web"))
            {
                ClientsWaiting = 3,
                MaxWait = TimeSpan.FromSeconds(1.5),
                Transactions = 10,
                WaitTimes = TimeCounts.None with { Counts = TimeCounts.None.Counts.SetItem(0, 1).SetItem(9, 2), SumMicroseconds = 250_000 },
            },
            new PoolSnapshot(new PoolKey(ListenerKind.Primary, "app", "batch")) { Transactions = 5 },
            new PoolSnapshot(new PoolKey(ListenerKind.Replica, "app", "web")) { ServersIdle = 2 },
        ]);
        var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text);
        Assert.Contains(line, Encoding.UTF8.GetString(text.ToArray()).Split('\n'));
    }
}
