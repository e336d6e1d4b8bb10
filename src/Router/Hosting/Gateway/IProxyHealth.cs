using Prometheus;

namespace Router.Hosting.Gateway;

/// <summary>What the data plane tells of itself. Called for each request, so it only looks.</summary>
internal interface IProxyHealth
{
    /// <summary>Null: a primary is routable. Otherwise why none is, in one sentence.</summary>
    string? WhyNoPrimary { get; }

    /// <summary>Writes the data plane's metrics into the registry of one scrape.</summary>
    Task CollectAsync(MetricFactory metrics);
}
