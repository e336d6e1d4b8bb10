using System.Runtime.InteropServices;
using Router.Agent;
using Router.Agent.Api;
using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Commands;
using Router.Configuration.Agent;
using Router.Dcs.Etcd;
using Router.Postgres;
using Router.Postgres.Fencing;

namespace Router.Hosting;

/// <summary>Builds an agent from its configuration and runs it: the only place that knows all of its parts.</summary>
internal sealed class AgentHost(
    AgentConfiguration configuration, string file, ILoggerFactory loggers, TimeProvider time)
{
    private static readonly TimeSpan StoreBound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger("Router.Agent");

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
        var store = EtcdSettingsOf.From(configuration.Etcd, configuration.Namespace, configuration.Scope);
        await using var dcs = new EtcdDcs(store, time, loggers.CreateLogger<EtcdDcs>());
        if (await StoreProblemAsync(store, stopping) is { } problem)
        {
            HostLog.StoreRefused(_logger, problem);
            return ExitCode.Failed;
        }

        await using var instance = new LocalPostgres(configuration.Postgres, time, loggers.CreateLogger<LocalPostgres>());
        using var http = MemberProbeClient.Create(ProbeOptions());
        var keeper = configuration.Guard == ProtectionMode.Off ? null : Keeper(clock, notify);
        IGuard guard = keeper is null ? new NoGuard() : keeper;
        var probe = new MemberProbe(http, time);
        var server = new AgentServer(
            new AgentPorts(dcs, instance, guard, probe, clock, time),
            Options(),
            new ClaimFile(Path.ChangeExtension(paths.Record, ".claim"), loggers.CreateLogger<ClaimFile>()),
            loggers);
        await using var api = new AgentApi(
            configuration.RestApi, server.Status, clock, server.Requests, dcs, probe, time, loggers.CreateLogger<AgentApi>());
        return await RunAsync(server, api, keeper, notify, signals);
    }

    private static async Task<int> RunAsync(
        AgentServer server,
        AgentApi api,
        GuardKeeper? keeper,
        SdNotify notify,
        ProcessSignals signals)
    {
        using var ended = new CancellationTokenSource();
        var keeping = keeper is null ? Task.CompletedTask : keeper.RunAsync(ended.Token);
        await api.StartAsync(signals.Stopping);
        var reloading = ReloadAsync(server, notify, signals);
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
            await ended.CancelAsync();
            await keeping;
            signals.Receive(PosixSignal.SIGTERM);
            await reloading;
        }
    }

    /// <summary>SIGHUP: the cycle hands its configuration to PostgreSQL again.</summary>
    private static async Task ReloadAsync(AgentServer server, SdNotify notify, ProcessSignals signals)
    {
        try
        {
            while (true)
            {
                await signals.WaitForReloadAsync(signals.Stopping);
                notify.Reloading();
                server.Requests.Reload();
                notify.Ready();
            }
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            // The agent ends.
        }
    }

    /// <summary>
    /// Null once an endpoint serves this scope. A store that comes up together with the agent is waited for; one that
    /// stays away, or is the wrong one, is told in one sentence.
    /// </summary>
    private async Task<string?> StoreProblemAsync(EtcdSettings settings, CancellationToken stopping)
    {
        var probe = new EtcdProbe(settings, time);
        var begun = time.GetTimestamp();
        while (true)
        {
            var faults = new List<string>();
            foreach (var endpoint in settings.Endpoints)
            {
                if (await probe.FindFaultAsync(endpoint, stopping) is not { } fault)
                {
                    return configuration.Etcd.IsWrittenForV2 ? await probe.FindScopeInV2Async(stopping) : null;
                }

                faults.Add(fault);
            }

            if (time.GetElapsedTime(begun) > StoreBound)
            {
                return string.Join("; ", faults);
            }

            HostLog.StoreFault(_logger, faults[0]);
            await Task.Delay(StorePause, time, stopping);
        }
    }

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
            loggers.CreateLogger<GuardKeeper>());
    }

    private AgentOptions Options() => new()
    {
        Name = configuration.Name,
        Scope = configuration.Scope,
        ConnUrl = $"postgres://{configuration.Postgres.ConnectAddress}/{configuration.Postgres.Database}",
        ApiUrl = $"{(configuration.RestApi.IsTls ? "https" : "http")}://{configuration.RestApiConnectAddress}/patroni",
        ProxyUrl = configuration.ProxyAddress is { } proxy
            ? $"postgres://{proxy}/{configuration.Postgres.Database}"
            : null,
        Tags = configuration.Tags,
        BootstrapConfigJson = configuration.BootstrapDcsJson,
        UsePgRewind = configuration.Overrides.UsePgRewind,
        RemoveDataDirectoryOnRewindFailure = configuration.Overrides.RemoveDataDirectoryOnRewindFailure,
        RemoveDataDirectoryOnDivergedTimelines = configuration.Overrides.RemoveDataDirectoryOnDivergedTimelines,
        Guard = configuration.Guard switch
        {
            ProtectionMode.Required => GuardMode.Required,
            ProtectionMode.Off => GuardMode.Off,
            _ => GuardMode.Automatic,
        },
    };

    private MemberProbeOptions ProbeOptions() => new()
    {
        Credentials = configuration.Ctl is { UserName: { } user, Password: { } password }
            ? $"{user}:{password.Value}"
            : configuration.RestApi.Credentials,
        CaCertFile = configuration.Ctl.CaCertFile ?? configuration.RestApi.CaFile,
        CertFile = configuration.Ctl.CertFile,
        KeyFile = configuration.Ctl.KeyFile,
        KeyFilePassword = configuration.Ctl.KeyFilePassword?.Value,
        IsInsecure = configuration.Ctl.IsInsecure,
    };
}
