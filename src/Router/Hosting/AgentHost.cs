using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Router.Agent;
using Router.Agent.Api;
using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Commands;
using Router.Configuration;
using Router.Configuration.Agent;
using Router.Dcs.Etcd;
using Router.Postgres;
using Router.Postgres.Fencing;

namespace Router.Hosting;

/// <summary>Builds an agent from its configuration and runs it: the only place that knows all of its parts.</summary>
internal sealed class AgentHost(
    AgentConfiguration configuration,
    string file,
    Func<Findings, AgentConfiguration?> read,
    ProcessLog log,
    TimeProvider time)
{
    private readonly ILoggerFactory _loggers = log.Loggers;
    private readonly ILogger _logger = log.Loggers.CreateLogger("Router.Agent");

    /// <summary>Runs until the signal to stop; the answer is an <see cref="ExitCode"/>.</summary>
    public async Task<int> RunAsync(SdNotify notify, ProcessSignals signals)
    {
        var stopping = signals.Stopping;
        var paths = GuardPaths.For(configuration.Postgres.DataDirectory, socketDirectory: null);
        using var directory = DataDirectoryLock.TryTake(Path.ChangeExtension(paths.Record, ".agent"));
        if (directory is null)
        {
            HostLog.AnotherAgent(_logger, configuration.Postgres.DataDirectory);
            return ExitCode.Failed;
        }

        var clock = new LinuxBootClock();
        await using var instance = new LocalPostgres(configuration.Postgres, time, _loggers.CreateLogger<LocalPostgres>());
        var store = EtcdSettingsOf.From(configuration.Etcd, configuration.Namespace, configuration.Scope);
        try
        {
            if (await ProblemAsync(instance, store, stopping) is { } problem)
            {
                HostLog.CannotServe(_logger, problem);
                return ExitCode.Failed;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }

        await using var dcs = new EtcdDcs(store, time, _loggers.CreateLogger<EtcdDcs>());
        using var http = MemberProbeClient.Create(AgentBuild.Members(configuration));
        var keeper = configuration.Guard == ProtectionMode.Off ? null : Keeper(clock, notify);
        IGuard guard = keeper is null ? new NoGuard() : keeper;
        var probe = new MemberProbe(http, time);
        var server = new AgentServer(
            new AgentPorts(dcs, instance, guard, probe, clock, time),
            AgentBuild.Options(configuration),
            new ClaimFile(Path.ChangeExtension(paths.Record, ".claim"), _loggers.CreateLogger<ClaimFile>()),
            reload: () => signals.Receive(PosixSignal.SIGHUP),
            _loggers);
        await using var api = new AgentApi(
            configuration.RestApi, server.Status, clock, server.Requests, dcs, probe, time, _loggers.CreateLogger<AgentApi>());
        using var reload = new AgentReload(configuration, read, log, server, api, instance, dcs, probe);
        return await RunAsync(server, api, reload, keeper, notify, signals);
    }

    private async Task<int> RunAsync(
        AgentServer server,
        AgentApi api,
        AgentReload reload,
        GuardKeeper? keeper,
        SdNotify notify,
        ProcessSignals signals)
    {
        if (!await TryOpenAsync(api, signals.Stopping))
        {
            return ExitCode.Failed;
        }

        using var ended = new CancellationTokenSource();
        var keeping = keeper is null ? Task.CompletedTask : keeper.RunAsync(ended.Token);
        var reloading = ReloadLoop.RunAsync(reload.RunAsync, notify, signals);
        notify.Ready();
        try
        {
            var isClean = await server.RunAsync(signals.Stopping, signals.Aborted);
            return isClean ? ExitCode.Ok : ExitCode.Failed;
        }
        finally
        {
            notify.Stopping();
            await api.StopAsync(CancellationToken.None);
            if (!server.Cycle.HasFailed)
            {
                await ended.CancelAsync();
                await keeping;
            }

            // Otherwise the guard takes no leave: an agent that vanishes is one to start again.
            signals.Receive(PosixSignal.SIGTERM);
            await reloading;
        }
    }

    private async Task<bool> TryOpenAsync(AgentApi api, CancellationToken stopping)
    {
        try
        {
            await api.StartAsync(stopping);
            return true;
        }
        catch (Exception refused) when (refused is IOException or SocketException or UnauthorizedAccessException)
        {
            var reason = refused.InnerException is AddressInUseException
                ? "another program has this address; stop it or choose another port"
                : refused.Message;
            HostLog.CannotServe(_logger, $"restapi.listen: {configuration.RestApi}: {reason}");
            return false;
        }
    }

    /// <summary>What keeps this agent from its work, found before anything is changed; null: nothing.</summary>
    private async Task<string?> ProblemAsync(LocalPostgres instance, EtcdSettings store, CancellationToken stopping) =>
        TlsFiles.Problem(configuration.RestApi)
        ?? TlsFiles.Problem("ctl", AgentBuild.Members(configuration))
        ?? TlsFiles.Problem(configuration.Etcd)
        ?? await InstanceCheck.ProblemAsync(instance, configuration.Postgres, stopping)
        ?? await new StoreCheck(configuration.Etcd, store, time, _logger).WaitAsync(stopping);

    private GuardKeeper Keeper(IBootClock clock, SdNotify notify)
    {
        // A service manager restarts the agent itself; without one the guard does.
        var router = GuardOptions.OwnProgram();
        var again = notify.IsManaged
            ? null
            : new Agent.Guarding.AgentCommand(
                Environment.CurrentDirectory, [.. router, "agent", Path.GetFullPath(file)]);
        return new GuardKeeper(
            new GuardOptions(configuration.Postgres.DataDirectory, null, router), again, clock, time,
            _loggers.CreateLogger<GuardKeeper>());
    }
}
