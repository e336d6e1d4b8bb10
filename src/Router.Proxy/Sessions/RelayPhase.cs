using System.Runtime.CompilerServices;
using Router.Proxy.Backends;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using Router.Proxy.Statements;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Passes bytes between a client and its backend until one of them ends, and says how it ended. The transport moves the
/// bytes, the filters watch; this class decides whenever they stop.
/// </summary>
/// <remarks>
/// While writes are held (S19), the client's bytes stay where they are, and the backend's answers go on. Once the held
/// bytes fill the relay's bound, both directions rest until the hold ends.
/// </remarks>
internal sealed class RelayPhase
{
    private readonly IConnection _client;
    private readonly SessionState _state;
    private readonly WriteGate _gate;
    private readonly LiveOptions _options;
    private readonly TimeProvider _time;
    private readonly FrontendFilter _fromClient;
    private readonly BackendFilter _fromBackend;
    private BackendConnection _backend = null!;
    private CancellationTokenSource? _interruption;

    /// <param name="pooling">How long the client keeps a backend; null: for good.</param>
    /// <param name="traits">What the client makes of its session; null where nobody needs to know.</param>
    /// <param name="statements">Follow the client from one backend to the next; null where they need not.</param>
    public RelayPhase(
        IConnection client,
        SessionState state,
        WriteGate gate,
        LiveOptions options,
        TimeProvider time,
        PoolMode? pooling = null,
        PreparedStatements? statements = null,
        SessionTraits? traits = null)
    {
        _client = client;
        _state = state;
        _gate = gate;
        _options = options;
        _time = time;
        _fromClient = new FrontendFilter(state, gate)
        {
            IsPooled = pooling is not null,
            Statements = statements,
            Traits = traits,
        };
        _fromBackend = new BackendFilter(state)
        {
            Statements = statements,
            Traits = traits,
            StopsWhenIdle = pooling is PoolMode.Transaction or PoolMode.Statement,
            RefusesBlocks = pooling is PoolMode.Statement,
        };
    }

    /// <summary>Nothing of the client's request has reached the backend.</summary>
    public bool IsFresh => _fromClient.IsFresh;

    /// <summary>From here on the client is served by <paramref name="backend"/>, whose answers begin between two messages.</summary>
    public void Attach(BackendConnection backend)
    {
        _backend = backend;
        _fromClient.IsFresh = true;
        _fromBackend.Reset();
        _fromBackend.WantsPrimary = backend.Identity is not null;
        _fromBackend.EndsWithStandby = backend is { Identity: null, Member.IsFixed: false } && _options.Now.ReplicaCutOnRoleChange;
    }

    /// <summary>The login, of the client or ours, is over: from here on the gate is asked.</summary>
    public void OpenForRequests() => _fromClient.Identity = _backend.Identity;

    public BackendFilter FromBackend => _fromBackend;

    /// <summary>Relays the login, until the backend is ready for the first request.</summary>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async ValueTask<RelayOutcome> LogInAsync(RelayOptions relay, CancellationToken cut)
    {
        _fromBackend.StopsAtReady = true;
        var outcome = await RunAsync(relay, cut);
        _fromBackend.StopsAtReady = false;
        OpenForRequests();
        return outcome;
    }

    /// <summary>Relays until one side ends or the session must.</summary>
    /// <param name="first">How a relay begun by <see cref="Start"/> ended: this goes on from there.</param>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RelayOutcome> RunAsync(RelayOptions relay, CancellationToken cut, RelayEnd? first = null)
    {
        while (true)
        {
            var end = first ?? await RelayAsync(relay, cut);
            first = null;
            cut.ThrowIfCancellationRequested();
            if (OutcomeOf(end) is { } outcome)
            {
                return outcome;
            }

            if (_fromClient.Stop == FilterStop.Held && _fromClient is { IsPooled: true, IsFresh: true })
            {
                return RelayOutcome.Unsent;
            }

            if (_fromClient.Stop == FilterStop.Held && await HoldAsync(relay, cut) is { } heldOutcome)
            {
                return heldOutcome;
            }
        }
    }

    /// <summary>Relays without an awaitable: null while it goes on, and then the owner is told; else how it ended at once.</summary>
    public RelayEnd? Start(RelayOptions relay, IRelayOwner owner) =>
        _client.Loop.StartRelay(_client, _backend.Connection, _fromClient, _fromBackend, relay, owner);

    /// <summary>A transaction is over, and nothing else is to be done than to give the backend back.</summary>
    public bool IsWellDone(RelayEnd end) =>
        end == RelayEnd.StoppedByBackendFilter && _fromBackend.Stop == FilterStop.Ready && _state.FinishReason is null;

    /// <summary>The client's words may have changed its session: the server is to be asked before anybody else gets it.</summary>
    public bool MustBeSurveyed => _fromBackend.Traits is { MayHaveChanged: true };

    /// <summary>The newest view may have ended what this session waits for.</summary>
    public void Reconsider() => _interruption?.Cancel();

    private ValueTask<RelayEnd> RelayAsync(RelayOptions relay, CancellationToken aborted) =>
        _client.Loop.RelayAsync(_client, _backend.Connection, _fromClient, _fromBackend, relay, aborted);

    /// <summary>Null where the relay may go on.</summary>
    private RelayOutcome? OutcomeOf(RelayEnd end) => (end, _fromClient.Stop, _fromBackend.Stop) switch
    {
        (RelayEnd.ClientClosed or RelayEnd.ClientFailed, _, _) => RelayOutcome.ClientLeft,
        (RelayEnd.BackendClosed or RelayEnd.BackendFailed, _, _) => RelayOutcome.Because(CutReason.BackendLost),
        (RelayEnd.StoppedByClientFilter, FilterStop.Malformed, _) => RelayOutcome.Because(CutReason.ClientMalformed),
        (RelayEnd.StoppedByClientFilter, FilterStop.OutOfTurn, _) => RelayOutcome.Because(CutReason.PasswordOutOfTurn),
        (RelayEnd.StoppedByClientFilter, FilterStop.Terminated, _) => RelayOutcome.ClientLeft,
        (RelayEnd.StoppedByClientFilter, FilterStop.Local, _) => RelayOutcome.Local,
        (RelayEnd.StoppedByBackendFilter, _, FilterStop.TransactionBlock) => RelayOutcome.Because(CutReason.TransactionBlock),
        (RelayEnd.StoppedByBackendFilter, _, FilterStop.Malformed) => RelayOutcome.Because(CutReason.BackendMalformed),
        (RelayEnd.StoppedByBackendFilter, _, FilterStop.Fatal) => RelayOutcome.Because(CutReason.BackendShutDown),
        (RelayEnd.StoppedByBackendFilter, _, FilterStop.Ready) =>
            _state.FinishReason is { } reason ? RelayOutcome.Because(reason) : RelayOutcome.Ready,
        (RelayEnd.StoppedByBackendFilter, _, FilterStop.Standby) =>
            RelayOutcome.Because(_fromBackend.StopsAtReady ? CutReason.NotPrimary : CutReason.PrimaryChanged),
        _ => null,
    };

    /// <summary>Keeps the client's next message until its primary may be written to again; null then.</summary>
    private async Task<RelayOutcome?> HoldAsync(RelayOptions relay, CancellationToken cut)
    {
        using var deadline = new CancellationTokenSource(_options.Now.HoldTimeout, _time);
        _fromClient.IsHolding = true;
        try
        {
            while (!_gate.IsOpenFor(_backend.Identity))
            {
                using var wakeUp = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cut);
                _interruption = wakeUp;
                var end = await RelayAsync(relay, wakeUp.Token);
                if (end == RelayEnd.StoppedByClientFilter && _fromClient.Stop == FilterStop.None)
                {
                    // It can keep no more: nothing moves until something changes.
                    await Task.Delay(Timeout.InfiniteTimeSpan, _time, wakeUp.Token).ConfigureAwait(
                        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                }

                cut.ThrowIfCancellationRequested();
                var outcome = OutcomeOf(end);
                if (outcome is not null || deadline.IsCancellationRequested)
                {
                    return outcome ?? RelayOutcome.Because(CutReason.HoldTimedOut);
                }
            }

            return null;
        }
        finally
        {
            _interruption = null;
            _fromClient.IsHolding = false;
        }
    }
}
