using System.Buffers;
using System.Runtime.CompilerServices;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Console;
using Router.Proxy.Listening;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// A client of a pool, from its login on: it gets a server connection when it asks for something and gives it back when
/// nothing is open any more. Lives on the loop of its connection.
/// </summary>
internal sealed class PooledSession : ICancelTarget
{
    private readonly IConnection _client;
    private readonly SessionServices _services;
    private readonly SessionState _state;
    private readonly RelayOptions _relay;
    private readonly BackendPool _pool;
    private readonly PoolTicket _ticket;
    private readonly PoolMode _mode;
    private readonly RelayPhase _phase;
    private readonly ClientArrivals _arrivals;
    private ReportedParameters _parameters = ReportedParameters.None;
    private readonly long _connectedAt;
    private PooledBackend? _backend;
    private readonly SessionTimeouts _timeouts = new();
    private readonly Action<CutReason> _cut;
    private bool _isPreparing;
    private readonly SessionAccount _account;

    /// <param name="cut">Ends the session from its loop.</param>
    public PooledSession(
        IConnection client,
        SessionServices services,
        SessionState state,
        RelayOptions relay,
        BackendPool pool,
        StartupProfile profile,
        PoolMode mode,
        Action<CutReason> cut)
    {
        Id = services.Counters.NextConnectionId();
        _connectedAt = client.Loop.Time.GetTimestamp();
        _cut = cut;
        _client = client;
        _services = services;
        _state = state;
        _relay = relay;
        _pool = pool;
        _mode = mode;
        _ticket = new PoolTicket(client.Loop, profile);
        _phase = new RelayPhase(client, state, services.Gate, services.Options, services.Time, mode);
        _arrivals = new ClientArrivals(client, onLeaving: () => pool.Leave(_ticket));
        _account = new SessionAccount(state, client.Loop.Time);
    }

    /// <summary>Its number in the console.</summary>
    public long Id { get; }

    /// <summary>The connection that the client has now; null between two transactions.</summary>
    public PooledBackend? Backend => _backend;

    public RelayPhase Phase => _phase;

    /// <summary>Greets the client and serves it until one of them ends.</summary>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    /// <exception cref="TransportException">The client's connection failed.</exception>
    public async Task<SessionEnd> RunAsync(StartupMessage startup, CancellationToken cut)
    {
        using var waking = cut.UnsafeRegister(static session => ((PooledSession)session!).OnCut(), this);
        _pool.Clients.Add(this);
        try
        {
            _arrivals.Watch();
            var login = new PooledLogin(_pool, _ticket, startup);
            if (await login.LearnAsync(cut) is { } refused)
            {
                return refused;
            }

            _parameters = _pool.Welcome.Intern(login.Parameters);
            var key = VirtualKey.Make(startup.Version);
            using var cancelKey = _services.Cancels.Register(key, this);
            await _client.Output.WriteAsync(login.Greeting(key), cut);
            _pool.Stats.Logins++;
            return await ServeAsync(cut);
        }
        finally
        {
            _pool.Clients.Remove(this);
            LetGo();
        }
    }

    /// <inheritdoc/>
    public Task<CancelAim?> AimAsync() => _client.Loop.RunAsync(() =>
    {
        // A request of ours on the connection is none of the client's.
        if (_backend is not { Key: { } key } backend || _isPreparing || !_state.IsInFlight)
        {
            return Task.FromResult<CancelAim?>(null);
        }

        backend.CancelsInFlight++;
        backend.NeedsBarrier = true;
        return Task.FromResult<CancelAim?>(new CancelAim(backend.Backend.EndPoint, key, backend));
    });

    /// <inheritdoc/>
    public void OnCancelEnded(CancelAim aim) => _client.Loop.Post(
        static state =>
        {
            var (pool, backend) = ((BackendPool, PooledBackend))state!;
            pool.OnCancelEnded(backend);
        },
        (_pool, aim.Backend!));

    /// <summary>What the console tells of it.</summary>
    public ConnectionFact Look(DateTimeOffset now)
    {
        var time = _client.Loop.Time;
        var state = _ticket.IsQueued ? "waiting" : _backend is null ? "idle" : "active";
        return new ConnectionFact(Id, _pool.Key, state)
        {
            Peer = _client.RemoteEndPoint,
            Local = _client.LocalEndPoint,
            ConnectedAt = now - time.GetElapsedTime(_connectedAt),
            RequestedAt = now - (_account.SinceBegin ?? time.GetElapsedTime(_connectedAt)),
            Wait = _ticket.IsQueued ? time.GetElapsedTime(_ticket.Since) : TimeSpan.Zero,
            Link = _backend?.Id,
            ApplicationName = _parameters.Find("application_name") ?? "",
        };
    }

    /// <summary>Looks whether the session has rested or worked for too long.</summary>
    public void Tick(PoolOptions options)
    {
        var isOpen = _state.IsInFlight || _state.Transaction is TransactionStatus.InTransaction or TransactionStatus.InFailedTransaction;
        var activity = new SessionActivity(
            _state.Answers, _state.IsInFlight, isOpen, IsLinked: _ticket.IsQueued || _isPreparing || isOpen);
        if (_timeouts.Look(_client.Loop.Time.GetElapsedTime(0), activity, options) is { } reason)
        {
            _cut(reason);
        }
    }

    private void OnCut() => _client.Loop.Post(
        static state =>
        {
            var session = (PooledSession)state!;
            session._arrivals.Wake();
            session._pool.Leave(session._ticket);
        },
        this);

    private async Task<SessionEnd> ServeAsync(CancellationToken cut)
    {
        while (true)
        {
            // ConfigureAwait(false) all along: what is awaited ends on this loop, and goes on here at once instead of being
            // posted to it, a few times for each transaction.
            if (await _arrivals.WaitAsync(isLinked: _backend is not null, cut).ConfigureAwait(false) == Arrival.Left)
            {
                return SessionEnd.ClientLeft;
            }

            if (_backend is null)
            {
                var backend = _pool.TryTake(_ticket);
                if (backend is null
                    && await _arrivals.LookAsync(isLinked: false, cut).ConfigureAwait(false) is var arrival and not Arrival.Request)
                {
                    if (arrival == Arrival.Left)
                    {
                        return SessionEnd.ClientLeft;
                    }

                    continue;
                }

                if (await LinkAsync(backend, cut).ConfigureAwait(false) is { } refused)
                {
                    return refused;
                }
            }

            var outcome = await _phase.RunAsync(_relay, cut).ConfigureAwait(false);
            if (!outcome.IsReady && !outcome.IsLocal && !outcome.IsUnsent)
            {
                return EndBy(outcome);
            }

            GiveBack(outcome.IsUnsent);
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

    private SessionEnd EndBy(RelayOutcome outcome)
    {
        if (_phase.FromBackend.Stop == FilterStop.Standby && _backend!.Backend.Identity is { } identity)
        {
            _services.Views.ReportStandby(identity);
        }

        if (outcome.Cut is not { } reason)
        {
            return SessionEnd.ClientLeft;
        }

        if (reason is not (CutReason.ClientMalformed or CutReason.PasswordOutOfTurn or CutReason.TransactionBlock))
        {
            _backend!.CloseReason ??= CutPolicy.CauseOf(reason);
        }

        return SessionEnd.Because(reason);
    }

    /// <summary>
    /// A server connection for the request that is there, made ready for it; else why the session ends.
    /// </summary>
    /// <param name="backend">Null: wait for one.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionEnd?> LinkAsync(PooledBackend? backend, CancellationToken cut)
    {
        if (backend is null)
        {
            _arrivals.Watch();
            var answer = await _pool.TakeAsync(_ticket);
            _account.Waited(_pool.Stats, _ticket.Since);
            if (answer.Backend is null)
            {
                cut.ThrowIfCancellationRequested();
                return answer.Refusal is { } refusal ? SessionEnd.Refused(refusal) : SessionEnd.ClientLeft;
            }

            backend = answer.Backend;
        }

        _backend = backend;
        _account.Begin(_pool.Stats);
        cut.ThrowIfCancellationRequested();
        if (!ReferenceEquals(_parameters, backend.Parameters) && await AlignAsync(backend, cut) is { } problem)
        {
            return problem;
        }

        _phase.Attach(backend.Backend);
        _phase.OpenForRequests();
        _phase.FromBackend.Parameters = backend.Parameters;
        return null;
    }

    /// <summary>Makes the connection's settings the client's, and tells the client of those that are not its own.</summary>
    private async ValueTask<SessionEnd?> AlignAsync(PooledBackend backend, CancellationToken cut)
    {
        var toSet = TrackedParameters.ToSet(_parameters, backend.Parameters);
        if (toSet.Count > 0)
        {
            _isPreparing = true;
            var error = await ParameterSetter.SetAsync(backend, toSet, cut);
            _isPreparing = false;
            if (error is not null)
            {
                return SessionEnd.Refused(ErrorResponse.Fatal(error.Code, error.Message));
            }
        }

        var toTell = TrackedParameters.ToTell(_parameters, backend.Parameters);
        if (toTell.Count > 0)
        {
            var writer = new FrameWriter();
            toTell.ForEach(changed => changed.Write(writer));
            _client.Output.Write(writer.Written.Span);
        }

        _parameters = backend.Parameters;
        return null;
    }

    /// <summary>Nothing is open on the connection: the next client may have it.</summary>
    private void GiveBack(bool isUnsent)
    {
        var backend = _backend!;
        var parameters = _phase.FromBackend.Parameters!;
        if (!ReferenceEquals(parameters, backend.Parameters))
        {
            backend.Parameters = parameters;
            _parameters = backend.Parameters;
            if (backend.Backend.Identity is null && parameters.Find("in_hot_standby") == "off")
            {
                backend.CloseReason ??= "the replica was promoted";
            }
        }

        _account.Count(_pool.Stats);
        if (_mode == PoolMode.Session && !isUnsent)
        {
            return;
        }

        _backend = null;
        if (_services.Options.Now.Pool is { ResetQueryAlways: true, ResetQuery: { Length: > 0 } query } && !isUnsent)
        {
            _pool.Return(backend, query);
        }
        else
        {
            _pool.Return(backend);
        }
    }

    /// <summary>The session ends, perhaps with a connection in its hands.</summary>
    private void LetGo()
    {
        if (_backend is not { } backend)
        {
            return;
        }

        _backend = null;
        _account.Count(_pool.Stats);
        Release(backend);
    }

    private void Release(PooledBackend backend)
    {
        var release = ReleasePolicy.Decide(new ReleaseFacts(
            backend.CloseReason,
            IsAtRest: !_isPreparing && !_state.IsInFlight && _phase.FromBackend.IsAtBoundary,
            EndsByItself: !_isPreparing && _state.IsWhole,
            _state.Answers == 0 ? TransactionStatus.Idle : _state.Transaction,
            _mode,
            _services.Options.Now.Pool));
        if (release.CloseReason is { } reason)
        {
            _pool.Close(backend, reason);
        }
        else if (release.IsAbandoned)
        {
            backend.State = PooledBackendState.Tested;
            _ = EndRequestAsync(backend);
        }
        else
        {
            _pool.Return(backend, release.Errands);
        }
    }

    private async Task EndRequestAsync(PooledBackend backend)
    {
        var abandonment = new Abandonment(
            backend, _phase.FromBackend, _state, _services.Cancels, _services.Options.Now.ServerConnectTimeout);
        backend.CloseReason ??= await abandonment.EndAsync();
        backend.Parameters = _phase.FromBackend.Parameters ?? backend.Parameters;
        Release(backend);
    }
}
