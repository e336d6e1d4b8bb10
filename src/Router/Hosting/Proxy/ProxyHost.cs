using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Router.Commands;
using Router.Configuration;
using Router.Configuration.Proxy;
using Router.Dcs.Etcd;
using Router.Hosting.Gateway;
using Router.Hosting.PgBouncer;
using Router.Postgres.Fencing;
using Router.Proxy;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Hosting.Proxy;

/// <summary>Builds a proxy from its configuration and runs it: the only place that knows all of its parts.</summary>
internal sealed class ProxyHost(
    ProxyConfiguration configuration, Func<Findings, ProxyConfiguration?> read, ProcessLog log, TimeProvider time)
{
    private readonly ILogger _logger = log.Loggers.CreateLogger("Router.Proxy");

    /// <summary>Runs until the signal to stop; the answer is an <see cref="ExitCode"/>.</summary>
    public async Task<int> RunAsync(SdNotify notify, ProcessSignals signals)
    {
        var loggers = log.Loggers;
        var clock = new LinuxBootClock();
        var store = EtcdSettingsOf.From(configuration.Etcd, configuration.Namespace, configuration.Scope);
        try
        {
            if (await ProblemAsync(store, signals.Stopping) is { } problem)
            {
                HostLog.CannotServe(_logger, problem);
                return ExitCode.Failed;
            }
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }

        await using var dcs = new EtcdDcs(store, time, loggers.CreateLogger<EtcdDcs>());
        using var members = new MemberClient(configuration.Members);
        await using var transport = TransportFactory.Create(
            new TransportSettings { Kind = configuration.Transport, Loops = configuration.Loops, Tcp = configuration.Tcp },
            loggers.CreateLogger("Router.Transport"));

        var views = new ClusterViewHolder();
        await using var sql = configuration.Probe is { } account ? new SqlBackendProbe(account) : null;
        IBackendProbe backends = sql is null ? new RestBackendProbe(members, views) : sql;
        var tracker = new TopologyTracker(
            new DcsTopologyStore(dcs, views.Update), backends, new HttpAgentProbe(members), clock, time,
            new TopologyOptions(), loggers);
        var server = new ProxyServer(
            transport, tracker, clock, configuration.Proxy with { ConsoleOwner = Accounts.Current }, time, loggers);
        await using var gateway = configuration.HttpListen is { } listen
            ? new GatewayServer(
                new GatewayOptions { Listen = listen, AgentTls = configuration.Members },
                new ProxyHealth(tracker, clock, server.Snapshot, server.PoolsAsync),
                loggers.CreateLogger<GatewayServer>())
            : null;
        if (gateway is not null)
        {
            views.ShowTo(gateway.Update);
        }

        var reload = new ProxyReload(configuration, read, log, server, gateway, sql, members, dcs);
        return await RunAsync(server, tracker, gateway, reload, notify, signals);
    }

    /// <summary>What keeps this proxy from its work, found before anything listens; null: nothing.</summary>
    private async Task<string?> ProblemAsync(EtcdSettings store, CancellationToken stopping) =>
        TransportFactory.Refusal(configuration.Transport)
        ?? TlsFiles.Problem("members", configuration.Members)
        ?? TlsFiles.Problem(configuration.Etcd)
        ?? await new StoreCheck(configuration.Etcd, store, time, _logger).RefusalAsync(stopping);

    private async Task<int> RunAsync(
        ProxyServer server, TopologyTracker tracker, GatewayServer? gateway, ProxyReload reload, SdNotify notify, ProcessSignals signals)
    {
        if (await ListenProblemAsync(server, gateway, signals.Stopping) is { } problem)
        {
            HostLog.CannotServe(_logger, problem);
            return ExitCode.Failed;
        }

        server.Attach(new ProxyOperations(reload, server, signals));
        using var ended = new CancellationTokenSource();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(signals.Stopping);
        var tracking = tracker.RunAsync(ended.Token);
        var serving = server.RunAsync(stopping.Token, signals.Aborted);
        var reloading = ReloadLoop.RunAsync(reload.RunAsync, notify, signals);
        notify.Ready();
        var first = await Task.WhenAny(tracking, serving);
        await stopping.CancelAsync();
        notify.Stopping();
        await serving;
        await ended.CancelAsync();
        await tracking;
        signals.Receive(PosixSignal.SIGTERM);
        await reloading;
        return first == serving ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<string?> ListenProblemAsync(
        ProxyServer server, GatewayServer? gateway, CancellationToken stopping)
    {
        try
        {
            server.Listen();
        }
        catch (TransportException refused)
        {
            return $"listen: {refused.Message}";
        }

        try
        {
            await (gateway?.StartAsync(stopping) ?? Task.CompletedTask);
            return null;
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            return refused.InnerException is AddressInUseException
                ? "http.listen: another program has this address; stop it or choose another port"
                : $"http.listen: {refused.Message}";
        }
    }
}
