using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Router.Commands;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Settings;
using Router.Hosting.Takeover;
using Router.Postgres.Fencing;
using Router.Proxy;
using Router.Proxy.Manners;
using Router.Transport;

namespace Router.Hosting.PgBouncer;

/// <summary>Builds a proxy from a <c>pgbouncer.ini</c> and runs it: no store, no cluster, the servers stand in the file.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer, that lives as long as the process.")]
internal sealed class PoolerHost(
    PoolerConfiguration configuration, Personality personality, bool isReboot, LogSink sink, ProcessLog log, TimeProvider time)
{
    private static readonly TimeSpan UsersPeriod = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = log.Loggers.CreateLogger("Router.Proxy");

    /// <summary>A signal has ordered an end.</summary>
    private readonly CancellationTokenSource _ordered = new();

    private SettingValues Settings => configuration.Ini.Settings;

    public static LogLevel LevelOf(SettingValues settings) => settings.Of(SettingTable.Verbose) switch
    {
        <= 0 => LogLevel.Information,
        1 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    /// <summary>Runs until a signal or the console says so; the answer is an <see cref="ExitCode"/>.</summary>
    public async Task<int> RunAsync(SdNotify notify)
    {
        try
        {
            var listen = ListenAddresses.Of(Settings);
            if (listen.IsEmpty)
            {
                throw new IOException("nowhere to listen on: set listen_addr or unix_socket_dir");
            }

            using var predecessor = isReboot ? Predecessor.Reach(TakeoverAddress.Of(listen), Accounts.Current) : null;
            if (predecessor is null)
            {
                PidFile.ThrowIfTaken(Settings.Of(SettingTable.Pidfile));
            }

            if (TransportFactory.Refusal(Settings.Of(SettingTable.Transport)) is { } refusal)
            {
                throw new IOException(refusal);
            }

            await using var transport = TransportFactory.Create(
                new TransportSettings
                {
                    Kind = Settings.Of(SettingTable.Transport),
                    Loops = Settings.Of(SettingTable.Loops),
                    Tcp = PgBouncerOptions.TcpOf(Settings),
                },
                log.Loggers.CreateLogger("Router.Transport"));
            var server = new ProxyServer(
                transport, new NoCluster(), new LinuxBootClock(), configuration.ToOptions(listen, personality), time, log.Loggers);
            var operations = new PoolerOperations(
                configuration, findings => PoolerConfiguration.Load(configuration.Ini.File, findings), listen, personality, server,
                sink, log);
            server.Attach(operations);
            if (predecessor is not null)
            {
                TakeoverLog.TakingOver(_logger, predecessor.ProcessId);
                server.Follow(predecessor.CancelAsync);
            }

            server.Listen(predecessor?.Sockets ?? []);
            GiveSocketToGroup();

            // Not before it listens: the file tells others that this process serves.
            using var pidFile = PidFile.Create(Settings.Of(SettingTable.Pidfile), predecessor?.ProcessId);
            TakeOver(predecessor, server, notify);
            using var successors = TakeoverListener.Open(TakeoverAddress.Of(listen), Accounts.Current, time, _logger);
            await ServeAsync(server, operations, predecessor, successors, notify);
            return ExitCode.Ok;
        }
        catch (Exception refused) when (refused is TransportException or TlsException or IOException or SocketException)
        {
            PoolerLog.Fatal(_logger, refused.Message);
            return ExitCode.Failed;
        }
    }

    private static void TakeOver(Predecessor? predecessor, ProxyServer server, SdNotify notify)
    {
        if (predecessor is not null)
        {
            predecessor.Confirm();
            server.OwnSockets();
            notify.Follows();
        }
    }

    private async Task ServeAsync(
        ProxyServer server, PoolerOperations operations, Predecessor? predecessor, TakeoverListener? successors, SdNotify notify)
    {
        using var signals = new PgBouncerSignals();
        using var ended = new CancellationTokenSource();
        var serving = server.RunAsync(CancellationToken.None, CancellationToken.None);
        signals.Listen(signal => On(signal, server, operations, notify));
        var watching = WatchUsersAsync(operations, ended.Token);
        var handingOver = successors?.RunAsync(server, ended.Token) ?? Task.CompletedTask;
        PoolerLog.Up(_logger, ProxyServer.CompatibleVersion, CommandLine.Version);
        notify.Ready();
        await serving;
        if (successors is { HasHandedOver: true } && predecessor is not null)
        {
            // The cancel requests of its clients go by this process.
            await predecessor.WhenGoneAsync(time, _ordered.Token);
        }

        await ended.CancelAsync();
        await watching;
        await handingOver;
    }

    private void On(PoolerSignal signal, ProxyServer server, PoolerOperations operations, SdNotify notify)
    {
        switch (signal)
        {
            case PoolerSignal.Reload:
                PoolerLog.Signalled(_logger, "SIGHUP", "re-reading config");
                notify.Reloading();
                _ = operations.TryReload();
                notify.Ready();
                break;
            case PoolerSignal.WaitForServers:
                End("SIGINT", "shutting down, waiting for all servers connections to be released", ShutdownMode.WaitForServers);
                break;
            case PoolerSignal.WaitForClients:
                End("SIGTERM", "shutting down, waiting for all clients disconnect", ShutdownMode.WaitForClients);
                break;
            case PoolerSignal.Quit:
                End("SIGQUIT", "immediate shutdown", ShutdownMode.Immediate);
                break;
            default:
                var isPause = signal == PoolerSignal.Pause;
                var isDone = server.TryPause(isPause);
                PoolerLog.Signalled(
                    _logger, isPause ? "SIGUSR1" : "SIGUSR2",
                    (isPause, isDone) switch
                    {
                        (true, true) => "pausing all activity",
                        (true, false) => "but already paused/suspended",
                        (false, true) => "continuing from pause",
                        _ => "but not paused, or shutting down",
                    });
                break;
        }

        void End(string name, string order, ShutdownMode mode)
        {
            PoolerLog.Signalled(_logger, name, order);
            _ordered.Cancel();
            notify.Stopping();
            server.Shutdown(mode);
        }
    }

    private async Task WatchUsersAsync(PoolerOperations operations, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(UsersPeriod, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            operations.LookAtUsers();
        }
    }

    private void GiveSocketToGroup()
    {
        if (Settings.Of(SettingTable.UnixSocketGroup) is { Length: > 0 } group && ListenAddresses.SocketFile(Settings) is { } path
            && Accounts.GiveToGroup(path, group) is { } problem)
        {
            throw new IOException(problem);
        }
    }
}
