using Router.Agent.Observation;
using Router.Commands;
using Router.Configuration.Proxy;
using Router.Dcs.Etcd;
using Router.Hosting.Gateway;
using Router.Postgres.Fencing;
using Router.Proxy;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Hosting.Proxy;

/// <summary>Builds a proxy from its configuration and runs it: the only place that knows all of its parts.</summary>
internal sealed class ProxyHost(ProxyConfiguration configuration, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger _logger = loggers.CreateLogger("Router.Proxy");

    /// <summary>Runs until the signal to stop; the answer is an <see cref="ExitCode"/>.</summary>
    public async Task<int> RunAsync(SdNotify notify, ProcessSignals signals)
    {
        var clock = new LinuxBootClock();
        await using var dcs = new EtcdDcs(
            EtcdSettingsOf.From(configuration.Etcd, configuration.Namespace, configuration.Scope), time,
            loggers.CreateLogger<EtcdDcs>());
        using var http = MemberProbeClient.Create(new MemberProbeOptions());
        await using var transport = TransportFactory.Create(
            new TransportSettings { Loops = configuration.Loops, Tcp = configuration.Tcp },
            loggers.CreateLogger("Router.Transport"));

        var views = new ClusterViewHolder();
        await using var sql = configuration.Probe is { } account ? new SqlBackendProbe(account) : null;
        IBackendProbe backends = sql is null ? new RestBackendProbe(http, views) : sql;
        var tracker = new TopologyTracker(
            new DcsTopologyStore(dcs, views.Update), backends, new HttpAgentProbe(http), clock, time,
            new TopologyOptions(), loggers);
        var server = new ProxyServer(transport, tracker, clock, configuration.Proxy, time, loggers);
        await using var gateway = configuration.HttpListen is { } listen
            ? new GatewayServer(
                new GatewayOptions { Listen = listen }, new ProxyHealth(tracker, clock, server.Snapshot),
                loggers.CreateLogger<GatewayServer>())
            : null;
        if (gateway is not null)
        {
            views.ShowTo(gateway.Update);
        }

        return await RunAsync(server, tracker, gateway, notify, signals);
    }

    private async Task<int> RunAsync(
        ProxyServer server, TopologyTracker tracker, GatewayServer? gateway, SdNotify notify, ProcessSignals signals)
    {
        try
        {
            server.Listen();
            if (gateway is not null)
            {
                await gateway.StartAsync(signals.Stopping);
            }
        }
        catch (IOException e)
        {
            HostLog.CannotListen(_logger, e.Message);
            return ExitCode.Failed;
        }

        using var ended = new CancellationTokenSource();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(signals.Stopping);
        var tracking = tracker.RunAsync(ended.Token);
        var serving = server.RunAsync(stopping.Token, signals.Aborted);
        notify.Ready();
        var first = await Task.WhenAny(tracking, serving);
        await stopping.CancelAsync();
        notify.Stopping();
        await serving;
        await ended.CancelAsync();
        await tracking;
        return first == serving ? ExitCode.Ok : ExitCode.Failed;
    }
}
