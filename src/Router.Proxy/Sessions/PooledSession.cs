using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Console;
using Router.Proxy.Listening;
using Router.Proxy.Manners;
using Router.Proxy.Notify;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;
using Router.Proxy.Statements;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// A client of a pool, from its login on: it gets a server connection when it asks for something and gives it back when
/// nothing is open any more. Lives on the loop of its connection.
/// </summary>
/// <remarks>
/// A session rests whenever its client has nothing open: then no method of it runs and no task of it waits, and
/// <see cref="SteadyLane"/> serves what is usual. <see cref="BeginAsync"/> and <see cref="GoOnAsync"/> each run until it
/// rests or ends.
/// </remarks>
internal sealed class PooledSession : ICancelTarget, INotified
{
    private readonly ISessionHost _host;
    private readonly IConnection _client;
    private readonly SessionServices _services;
    private readonly SessionState _state;
    private readonly RelayOptions _relay;
    private readonly BackendPool _pool;
    private readonly PoolTicket _ticket;
    private readonly PoolOverrides _own;
    private readonly RelayPhase _phase;
    private readonly long _connectedAt;
    private readonly PreparedStatements? _statements;
    private readonly SessionTraits? _traits;
    private readonly BackendLink _link;
    private readonly SteadyLane _lane;
    private SessionTimeouts _timeouts;
    private WaitNotice _waitNotice;
    private IDisposable? _cancelKey;

    /// <param name="own">What the client's login name has for itself, where another one is logged in to the server.</param>
    /// <param name="connectedAt">When the client came, by the loop's clock.</param>
    public PooledSession(
        ISessionHost host,
        IConnection client,
        SessionServices services,
        SessionState state,
        RelayOptions relay,
        BackendPool pool,
        StartupProfile profile,
        PoolOverrides own,
        long connectedAt)
    {
        Id = services.Counters.NextConnectionId();
        _connectedAt = connectedAt;
        _host = host;
        _client = client;
        _services = services;
        _state = state;
        state.RequestTimes = pool.Stats.QueryTimes;
        _relay = relay;
        _pool = pool;
        _ticket = new PoolTicket(client.Loop, profile) { QueryWaitTimeout = own.QueryWaitTimeout };
        _own = own;
        var mode = profile.IsReplication ? PoolMode.Session : pool.Options.Mode;
        var followsClient = mode != PoolMode.Session && pool.Options.MaxPreparedStatements > 0;
        _traits = mode == PoolMode.Session ? null : new SessionTraits();
        _statements = followsClient ? new PreparedStatements(pool.Statements, state, _traits!) : null;
        _phase = new RelayPhase(client, state, services.Gate, services.Options, services.Time, mode, _statements, _traits);
        _link = new BackendLink(client, services, state, pool, _phase, mode, _statements, _traits, this);
        _lane = new SteadyLane(host, client, pool, _ticket, _link, _phase, relay, isSteady: mode != PoolMode.Session);
    }

    /// <summary>Its number in the console.</summary>
    public long Id { get; }

    /// <summary>The connection that the client has now; null between two transactions.</summary>
    public PooledBackend? Backend => _link.Backend;

    /// <summary>Why the client keeps it between transactions; null where it does not.</summary>
    public string? Pin => _traits?.Pin;

    public RelayPhase Phase => _phase;

    public BackendPool Pool => _pool;

    /// <summary>
    /// It has run as far as it can and has not ended: whoever ran it is to call <see cref="Rest"/> as the last thing.
    /// </summary>
    /// <remarks>
    /// A state of the run, not of the lane. A resting session goes on at any event, and one may come between the end of
    /// <see cref="GoOnAsync"/> and its continuation.
    /// </remarks>
    public bool HasPaused { get; private set; }

    /// <summary>Greets the client and serves it until it rests; else says how the session ends.</summary>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    /// <exception cref="TransportException">The client's connection failed.</exception>
    public async Task<SessionEnd?> BeginAsync(StartupMessage startup, CancellationToken cut)
    {
        _pool.Clients.Add(this);
        try
        {
            _lane.Watch();
            var login = new PooledLogin(_pool, _ticket, startup);
            if (await login.LearnAsync(cut) is { } refused)
            {
                return refused;
            }

            _link.Parameters = _pool.Welcome.Intern(login.Parameters);
            if (login.Kept is { } kept && await _link.AttachAsync(kept, cut) is { } problem)
            {
                return problem;
            }

            var key = VirtualKey.Make(startup.Version, _services.Options.Now.PeerId);
            _cancelKey = _services.Cancels.Register(key, this);
            await _client.Output.WriteAsync(login.Greeting(key, Notice()), cut);
            _pool.Stats.Logins++;
            _pool.Stats.LoginTimes.Add((long)_client.Loop.Time.GetElapsedTime(_connectedAt).TotalMicroseconds);
            return await ServeAsync(cut);
        }
        finally
        {
            CloseUnlessPaused();
        }
    }

    /// <summary>Goes on where it rested, with the same outcomes.</summary>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    /// <exception cref="TransportException">The client's connection failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SessionEnd?> GoOnAsync(CancellationToken cut)
    {
        HasPaused = false;
        try
        {
            return await ServeAsync(cut);
        }
        finally
        {
            CloseUnlessPaused();
        }
    }

    /// <summary>From here on it goes on, by its host, when something happens; at once where something has.</summary>
    /// <param name="isCut">That it is to end came while nothing of it ran any more, and nobody had looked.</param>
    public void Rest(bool isCut)
    {
        _lane.Rest();
        if (isCut)
        {
            _lane.Interrupt();
        }
    }

    /// <summary>The session is to end: whatever it waits for ends, and it goes on where it rests.</summary>
    public void Interrupt() => _lane.Interrupt();

    /// <inheritdoc/>
    public Task<CancelAim?> AimAsync() => _client.Loop.RunAsync(() =>
    {
        // Its request waits, and no server has seen it: it is answered here.
        if (_ticket is { IsQueued: true, IsLogin: false })
        {
            _pool.Leave(_ticket, isCanceled: true);
            return Task.FromResult<CancelAim?>(null);
        }

        // A request of ours on the connection is none of the client's.
        if (_link.Backend is not { Key: { } key } backend || _link.IsPreparing || !_state.IsInFlight)
        {
            return Task.FromResult<CancelAim?>(null);
        }

        backend.CancelsInFlight++;
        backend.NeedsBarrier = true;
        return Task.FromResult<CancelAim?>(new CancelAim(backend.Backend.CancelAddress, key, backend));
    });

    /// <inheritdoc/>
    public void OnCancelEnded(CancelAim aim) => _client.Loop.Post(
        static state =>
        {
            var (pool, backend) = ((BackendPool, PooledBackend))state!;
            pool.OnCancelEnded(backend);
        },
        (_pool, aim.Backend!));

    /// <inheritdoc/>
    public void OnNotification(NotificationResponse notification)
    {
        if (!_link.TryHold(notification))
        {
            _host.Cut(CutReason.NotificationsUnread);
        }
        else if (_lane.IsSilent)
        {
            _link.TellHeard();
        }
    }

    /// <inheritdoc/>
    public void OnSilence() => _host.Cut(CutReason.BackendLost);

    /// <summary>Ends the session, whatever it is doing.</summary>
    public void End(CutReason reason) => _host.Cut(reason);

    /// <summary>What the console tells of it.</summary>
    public ConnectionFact Look(DateTimeOffset now)
    {
        var time = _client.Loop.Time;
        var state = _ticket.IsQueued ? "waiting" : _link.Backend is null ? "idle" : "active";
        return new ConnectionFact(Id, _pool.Key, state)
        {
            Peer = _client.RemoteEndPoint,
            Tls = _client.Tls,
            Local = _client.LocalEndPoint,
            ConnectedAt = now - time.GetElapsedTime(_connectedAt),
            RequestedAt = now - (_link.SinceBegin ?? time.GetElapsedTime(_connectedAt)),
            Wait = _ticket.IsQueued ? time.GetElapsedTime(_ticket.Since) : TimeSpan.Zero,
            Link = _link.Backend?.Id,
            Pin = Pin,
            Replication = _ticket.Profile.Replication,
            PreparedStatements = _statements?.Books.Client.Count ?? 0,
            ApplicationName = _link.Parameters.Find("application_name") ?? "",
        };
    }

    /// <summary>Looks whether the session has rested or worked for too long.</summary>
    public void Tick(PoolOptions options)
    {
        if (_ticket.Profile.IsReplication)
        {
            // A stream of the log has no end, and rests while nothing is written.
            return;
        }

        var isOpen = _state.IsInFlight || _state.Transaction is TransactionStatus.InTransaction or TransactionStatus.InFailedTransaction;
        var activity = new SessionActivity(
            _state.Answers, _state.IsInFlight, isOpen, IsLinked: _ticket.IsQueued || _link.IsPreparing || isOpen);
        var now = _client.Loop.Time.GetElapsedTime(0);
        if (_timeouts.Look(now, activity, options, _own.ClientIdleTimeout ?? options.ClientIdleTimeout) is { } reason)
        {
            _host.Cut(reason);
        }
        else if (_waitNotice.IsDue(_ticket, _client.Loop.Time, options.QueryWaitNotify))
        {
            WaitNotice.Send(_client, _services.Options.Now.Personality);
        }
    }

    private ErrorResponse? Notice() => _pool.Options.LoginNotice is { Length: > 0 } words
        ? Refusals.Notice(_services.Options.Now.Personality, words)
        : null;

    private void CloseUnlessPaused()
    {
        if (!HasPaused)
        {
            _cancelKey?.Dispose();
            _pool.Clients.Remove(this);
            _link.LetGo();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionEnd?> ServeAsync(CancellationToken cut)
    {
        while (true)
        {
            var handOver = _lane.TakeHandOver();
            if (handOver?.Failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            if (handOver is null && !IsPinned)
            {
                cut.ThrowIfCancellationRequested();
                if (!_client.IsReadReady)
                {
                    HasPaused = true;
                    return null;
                }
            }

            if (_link.Backend is null)
            {
                if (await AcquireAsync(handOver?.Answer, cut) is not { } answer)
                {
                    continue;
                }

                var end = answer.IsCanceled ? await CanceledRequest.AnswerAsync(_client, cut) : await LinkAsync(answer, cut);
                if (end is not null)
                {
                    return end;
                }

                if (answer.IsCanceled)
                {
                    continue;
                }
            }

            var outcome = await _phase.RunAsync(_relay, cut, handOver?.End);
            if (!outcome.IsReady && !outcome.IsLocal && !outcome.IsUnsent)
            {
                return EndBy(outcome);
            }

            if (await _link.SurveyAsync(cut) is { } unknown)
            {
                return unknown;
            }

            _link.GiveBack(outcome.IsUnsent);
            _link.TellHeard();
            if (_state.FinishReason is { } finish)
            {
                return SessionEnd.Because(finish);
            }

            if (outcome.IsLocal)
            {
                await UnlinkedRequest.AnswerAsync(_client, cut);
            }
        }
    }

    /// <summary>The server may speak to the client any time: the relay goes on between its requests.</summary>
    private bool IsPinned => _traits is { IsRelayed: true } && _link.Backend is not null;

    private SessionEnd EndBy(RelayOutcome outcome)
    {
        var backend = _link.Backend!;
        if (_phase.FromBackend.Stop == FilterStop.Standby && backend.Backend.Identity is { } identity)
        {
            _services.Views.ReportStandby(identity);
        }

        if (outcome.Cut is not { } reason)
        {
            return SessionEnd.ClientLeft;
        }

        if (reason is not (CutReason.ClientMalformed or CutReason.PasswordOutOfTurn or CutReason.TransactionBlock))
        {
            backend.CloseReason ??= CutPolicy.CauseOf(reason);
        }

        return SessionEnd.Because(reason);
    }

    /// <summary>What the pool gives for the request that is there; null where it needed no server, and is answered.</summary>
    /// <param name="answer">What the lane's wait has brought already; null where it has not waited.</param>
    private async ValueTask<PoolAnswer?> AcquireAsync(PoolAnswer? answer, CancellationToken cut)
    {
        if (answer is not null)
        {
            return answer;
        }

        if (_pool.TryTake(_ticket) is { } backend)
        {
            return new PoolAnswer(backend, null);
        }

        var arrival = await UnlinkedRequest.LookAsync(_client, cut);
        if (arrival != Arrival.Request)
        {
            return arrival == Arrival.Left ? default(PoolAnswer) : null;
        }

        _lane.Watch();
        answer = await _pool.TakeAsync(_ticket);
        _link.OnWaited(_ticket);
        return answer;
    }

    /// <summary>Makes what the pool has given ready for the request that is there; else why the session ends.</summary>
    private async ValueTask<SessionEnd?> LinkAsync(PoolAnswer answer, CancellationToken cut)
    {
        if (answer.Backend is { } backend)
        {
            return await _link.AttachAsync(backend, cut);
        }

        cut.ThrowIfCancellationRequested();
        return answer.Refusal is { } refusal ? SessionEnd.Refused(refusal) : SessionEnd.ClientLeft;
    }
}
