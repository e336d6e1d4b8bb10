using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Proxy.Authentication;
using Router.Proxy.Backends;
using Router.Proxy.Routing;

namespace Router.Proxy.Pooling;

/// <summary>What all pools of a proxy share.</summary>
internal sealed record PoolServices(
    LiveOptions Options,
    IClusterViewSource Views,
    WriteGate Gate,
    BackendOpener Opener,
    MemberLoads Loads,
    PoolBudget Budget,
    LoginSecrets Secrets,
    IBootClock Clock,
    ProxyCounters Counters,
    ILogger Logger);
