using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Backends;
using Router.Proxy.Console;
using Router.Proxy.Listening;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using Router.Proxy.Sessions;
using Router.Proxy.Tls;
using Router.Transport;

namespace Router.Proxy;

/// <summary>
/// The data plane: listeners, their sessions, and the one loop that tells them when the cluster changed. The transport
/// and the source of views belong to the caller, who disposes of them after <see cref="RunAsync"/>.
/// </summary>
public sealed class ProxyServer
{
    private readonly ITransport _transport;
    private readonly IClusterViewSource _views;
    private readonly IBootClock _clock;
    private readonly LiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProxyCounters _counters = new();
    private readonly HoldQueue _holds;
    private readonly MemberLoads _loads;
    private readonly SessionServices _services;
    private readonly ClientLimit _sockets;
    private readonly PoolOperator _operator;
    private readonly ShutdownOrder _shutdown = new();
    private readonly TlsKeeper _tls;
    private ImmutableArray<ClientListener> _listeners = [];
    private long _bytesFromClients;
    private long _bytesFromBackends;

    /// <summary>The PgBouncer whose console this proxy's is like.</summary>
    public const string CompatibleVersion = AdminConsole.CompatibleVersion;

    /// <exception cref="TlsException">The options of TLS cannot be used; says which and why.</exception>
    public ProxyServer(
        ITransport transport,
        IClusterViewSource views,
        IBootClock clock,
        ProxyOptions options,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _transport = transport;
        _views = views;
        _clock = clock;
        _options = new LiveOptions(options);
        _time = time;
        _logger = loggers.CreateLogger("Router.Proxy");
        _holds = new HoldQueue(options.HoldQueueMax, time);

        // Beyond the clients: cancel requests, and those that are told that there are too many.
        _sockets = new ClientLimit(options.MaxClientConnections + options.CancelMaxInFlight);
        _loads = new MemberLoads(clock);
        _tls = new TlsKeeper(options, time, _logger);
        var handshakes = new TlsHandshakes(_tls, _counters, time, _logger);
        var opener = new BackendOpener(_loads, handshakes, time);
        var secrets = new LoginSecrets();
        _operator = new PoolOperator(time);
        var gate = new WriteGate(views, clock, _operator);
        var peers = new PeerDirectory(_options);
        var (budget, clients) = (new PoolBudget(), new ClientCounts());
        var pooling = new PoolServices(
            _options, views, gate, opener, _loads, budget, _operator, secrets, clock, _counters, _logger);
        var pools = new PoolDirectories(transport.Loops, pooling);
        _operator.Attach(pools, TellSessions);
        _services = new SessionServices(
            _options,
            views,
            gate,
            new BackendCheckout(views, _holds, opener, _loads, clock, time, _options, _counters, _logger),
            new CancelRegistry(_options, peers, handshakes, time, _counters, _logger),
            handshakes,
            pools,
            _operator,
            clients,
            budget,
            secrets,
            new OutsideQuestions(time),
            new PasswordAuthorities(time, _logger),
            new AdminConsole(_options, pools, peers, _operator, budget, clients, views, _counters, time, _logger),
            new ClientLimit(options.MaxClientConnections),
            _counters,
            time,
            _logger);
    }

    /// <summary>Binds every address of the options; returns them with the ports that the system chose.</summary>
    /// <param name="inherited">Sockets of a process that this one follows; one that is not of these addresses is left.</param>
    /// <exception cref="TransportException">An address cannot be bound; says which and why.</exception>
    public ImmutableArray<EndPoint> Listen(params IReadOnlyList<Socket> inherited)
    {
        var bound = ImmutableArray.CreateBuilder<EndPoint>();
        var left = inherited.ToList();
        Bind(ListenerKind.Primary, _options.Now.PrimaryListen, bound, left);
        Bind(ListenerKind.Replica, _options.Now.ReplicaListen, bound, left);
        left.ForEach(SocketPassing.Leave);
        return bound.ToImmutable();
    }

    /// <summary>What it listens on, for another process that is to follow this one.</summary>
    public IReadOnlyList<Socket> ListeningSockets => [.. _listeners.Select(static listener => listener.Socket!)];

    /// <summary>
    /// Sockets are to be inherited of another process, whose clients' cancel requests will reach this one: they go to
    /// <paramref name="predecessor"/> where nobody here knows them.
    /// </summary>
    public void Follow(Func<CancelRequest, Task> predecessor) => _services.Cancels.Predecessor = predecessor;

    /// <summary>The process whose sockets were inherited accepts no more: they are this one's.</summary>
    public void OwnSockets()
    {
        foreach (var listener in _listeners)
        {
            listener.Share(false);
            listener.LookAgain();
        }
    }

    /// <summary>
    /// Another process listens on the same sockets: accepts no more, and ends when the last client has left. Returns when it
    /// accepts no more.
    /// </summary>
    public async Task HandOverAsync()
    {
        foreach (var listener in _listeners)
        {
            listener.Share(true);
            await listener.CloseAsync();
        }

        Shutdown(ShutdownMode.HandedOver);
    }

    /// <summary>Passes on a cancel request that has come to the process that follows this one. From any thread.</summary>
    public Task CancelAsync(CancelRequest request)
    {
        var loop = _transport.Loops[0];
        return loop.RunAsync(() => _services.Cancels.ForwardAsync(loop, request, CancellationToken.None));
    }

    /// <summary>Who carries out what the console orders of the process. Called once, before <see cref="RunAsync"/>.</summary>
    public void Attach(IProxyOperations operations) => _services.Console.Attach(operations);

    /// <summary>
    /// Goes by other options from now on; who waits already waits on as it began. Listening addresses, and what belongs
    /// to them, stay as they are. Files of TLS are read anew; those that cannot be used are told, and the former ones stay
    /// in use. From any thread but a loop's.
    /// </summary>
    public void Reconfigure(ProxyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var isServerTlsOther = options.ServerTls != _options.Now.ServerTls;
        _tls.Use(options);
        _options.Now = options;
        _services.Pools.Tell(except: null, static directory => directory.Reconfigure());
        if (isServerTlsOther)
        {
            _services.Pools.Tell(except: null, static directory => directory.Reconnect("settings of server_tls changed"));
        }

        _holds.Resize(options.HoldQueueMax);
        _services.Limit.Resize(options.MaxClientConnections);
        _sockets.Resize(options.MaxClientConnections + options.CancelMaxInFlight);
    }

    /// <summary>
    /// Serves what <see cref="Listen"/> has bound. At <paramref name="stopping"/> it stops accepting, lets sessions
    /// finish for drain_timeout and cuts the rest; at <paramref name="aborted"/> it cuts them at once.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborted)
    {
        using var atOnce = CancellationTokenSource.CreateLinkedTokenSource(aborted, _shutdown.AtOnce);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, atOnce.Token, _shutdown.Asked);
        using var ended = new CancellationTokenSource();
        _services.Pools.Tell(except: null, static directory => directory.Reconfigure());
        var watching = WatchViewsAsync(ended.Token);
        var averaging = AverageAsync(ended.Token);
        var renewing = _tls.RunAsync(ended.Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await new Departure(_listeners, _operator, _options, _time, _logger).RunAsync(_shutdown.Mode, atOnce.Token);
        _services.Pools.Tell(except: null, static directory => directory.Shut());
        await ended.CancelAsync();
        await watching;
        await averaging;
        await renewing;
        ProxyLog.Stopped(_logger);
    }

    /// <summary>Ends <see cref="RunAsync"/>; a second order means at once. From any thread.</summary>
    public void Shutdown(ShutdownMode mode) => _shutdown.Give(mode);

    /// <summary>As the console's PAUSE and RESUME of all databases; false where they are so already. From any thread.</summary>
    public bool TryPause(bool isPaused) => _operator.TryChange(now =>
        now.IsPaused == isPaused || (!isPaused && now.IsShuttingDown) ? null : now with { IsPaused = isPaused });

    public ProxySnapshot Snapshot()
    {
        var totals = _counters.Snapshot();
        var (primaryActive, primaryWaiting, replicaActive, replicaWaiting) = (0, 0, 0, 0);
        var (fromClients, fromBackends) = (0L, 0L);
        foreach (var session in _listeners.SelectMany(static listener => listener.Sessions))
        {
            fromClients += session.BytesFromClient;
            fromBackends += session.BytesFromBackend;
            _ = (session.Kind, session.IsActive) switch
            {
                (ListenerKind.Primary, true) => primaryActive++,
                (ListenerKind.Primary, false) => primaryWaiting++,
                (_, true) => replicaActive++,
                _ => replicaWaiting++,
            };
        }

        return totals with
        {
            PrimaryClientsActive = primaryActive,
            PrimaryClientsWaiting = primaryWaiting,
            ReplicaClientsActive = replicaActive,
            ReplicaClientsWaiting = replicaWaiting,
            HoldQueueLength = _holds.Count,
            PoolClientsWaiting = _services.Pools.Pools.Sum(static pool => pool.WaitingCount),
            PoolServersIdle = _services.Pools.Pools.Sum(static pool => pool.IdleCount),
            PoolServersOpening = _services.Pools.Pools.Sum(static pool => pool.OpeningCount),
            LoopsBusy = [.. _transport.Loops.Select(static loop => loop.BusyTime)],
            PoolServers = _services.Pools.Pools.Sum(static pool => pool.Backends.Count),
            BackendsOfMembers = _loads.Connections(),
            BytesFromClientsTotal = Grow(ref _bytesFromClients, totals.BytesFromClientsTotal + fromClients),
            BytesFromBackendsTotal = Grow(ref _bytesFromBackends, totals.BytesFromBackendsTotal + fromBackends),
        };
    }

    /// <summary>What the console calls the database of a pool: replicas are one of their own to it.</summary>
    public static string ConsoleNameOf(PoolKey key) => PoolTables.NameOf(key);

    /// <summary>The pools of all loops, each looked at on its loop; none without pooling.</summary>
    public async Task<IReadOnlyList<PoolSnapshot>> PoolsAsync() =>
        [.. (await _services.Console.LookAsync()).Pools.GroupBy(static pool => pool.Key).Select(static loops => PoolFact.Sum([.. loops]))];

    /// <summary>
    /// A session that ends between the two sums is in neither: the total would seem to fall, which a reader of metrics
    /// takes for a restart.
    /// </summary>
    private static long Grow(ref long highest, long seen)
    {
        var before = Interlocked.Read(ref highest);
        while (seen > before)
        {
            var found = Interlocked.CompareExchange(ref highest, seen, before);
            if (found == before)
            {
                return seen;
            }

            before = found;
        }

        return before;
    }

    private void Bind(
        ListenerKind kind, ImmutableArray<EndPoint> endPoints, ImmutableArray<EndPoint>.Builder bound, List<Socket> inherited)
    {
        var relay = new RelayOptions(HeldMax: _options.Now.RelayHeldMax);
        foreach (var endPoint in endPoints)
        {
            var listener = new ClientListener(kind, relay, _services, _sockets);
            var socket = inherited.Find(socket => $"{socket.LocalEndPoint}" == $"{endPoint}");
            _ = inherited.Remove(socket!);
            bound.Add(listener.Listen(_transport, endPoint, socket));
            _listeners = _listeners.Add(listener);
        }
    }

    /// <summary>Takes the console's averages, once in a stats_period.</summary>
    private async Task AverageAsync(CancellationToken ended)
    {
        var last = _time.GetTimestamp();
        while (true)
        {
            var period = _options.Now.Pool?.StatsPeriod ?? TimeSpan.FromSeconds(60);
            await Task.Delay(period, _time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
            {
                return;
            }

            var facts = await _services.Console.LookEverywhereAsync();
            var averages = _services.Console.Averages;
            averages.Look(facts.StatsOfDatabases(), _time.GetElapsedTime(last));
            if (_options.Now.LogStats)
            {
                Log(StatsFact.Sum(averages.Now));
            }

            last = _time.GetTimestamp();
        }
    }

    private void Log(StatsFact average) => ProxyLog.Stats(
        _logger, average.Transactions, average.Queries, 0, 0, 0, average.BytesReceived, average.BytesSent,
        average.TransactionTime, average.QueryTime, average.WaitTime);

    private async Task WatchViewsAsync(CancellationToken ended)
    {
        var seen = _views.Current;
        while (true)
        {
            RoutingView view;
            try
            {
                view = await _views.WaitForChangeAsync(seen.Version, ended);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }

            Tell(seen, view);
            seen = view;
        }
    }

    private void Tell(RoutingView seen, RoutingView view)
    {
        _holds.Release(view.Version);

        // A view that only prolongs a licence which has not run out changes nothing for a session that runs. Views that
        // were passed over may have made sessions wait, so then all are told.
        var isProlonged = view.Version == seen.Version + 1 && seen.WritesUntil > _clock.Now;
        if (isProlonged && view.Primary == seen.Primary && view.Hold == seen.Hold && view.Standbys == seen.Standbys)
        {
            return;
        }

        LogChange(seen, view);
        _services.Pools.Tell(except: null, static directory => directory.OnViewChanged());
        TellSessions();
    }

    private void TellSessions()
    {
        foreach (var session in _listeners.SelectMany(static listener => listener.Sessions))
        {
            session.OnViewChanged();
        }
    }

    private void LogChange(RoutingView seen, RoutingView view)
    {
        if (view.Hold is { } reason)
        {
            if (reason != seen.Hold)
            {
                ProxyLog.WritesHeld(_logger, view.Version, reason);
            }
        }
        else if (view.Primary is { } primary && (primary != seen.Primary || seen.Hold is not null))
        {
            ProxyLog.PrimaryUsable(
                _logger,
                view.Version,
                primary.Member.Name,
                primary.Identity.System,
                primary.Identity.Timeline,
                view.Replicas.Count);
        }
    }
}
