using Prometheus;
using Router.Hosting.Gateway;

namespace Router.Command.Tests.Hosting.Gateway;

/// <summary>What a test says of the data plane.</summary>
internal sealed class FakeProxyHealth : IProxyHealth
{
    public string? WhyNoPrimary { get; set; }

    public Task CollectAsync(MetricFactory metrics)
    {
        metrics.CreateGauge("router_test_clients", "Clients").Set(3);
        return Task.CompletedTask;
    }
}
