using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Console;
using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// One client, from its first packet to its end. Owner of its connection, its backend and its protocol state; all of it
/// lives on the loop of the connection. The only calls from other threads are <see cref="Cut"/>,
/// <see cref="Finish"/> and <see cref="OnViewChanged"/>, which post to the loop.
/// </summary>
/// <remarks>
/// Its life is one or more parts, each a task: from the first packet until a pooled client rests, and from whatever wakes it
/// until it rests again. Between them there is no task, so that thousands of silent clients cost little.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "Each part disposes of its token source.")]
internal sealed class ClientSession : ISessionHost
{
    private readonly IConnection _client;
    private readonly SessionServices _services;
    private readonly RelayOptions _relay;
    private readonly SessionState _state;
    private readonly Action<ClientSession> _ended;
    private readonly long _connectedAt;

    /// <summary>Ends the part that runs; null while the session rests.</summary>
    private CancellationTokenSource? _cut;

    private string? _pooledUser;
    private bool _isCounted;
    private CutReason? _cutReason;
    private DirectSession? _direct;
    private PooledSession? _pooled;
    private ClientLines? _lines;
    private volatile bool _isActive;
    private volatile bool _isEnded;

    /// <param name="ended">Told once, on the loop, when nothing of the session is left.</param>
    public ClientSession(
        IConnection client, ListenerKind kind, RelayOptions relay, SessionServices services, Action<ClientSession> ended)
    {
        _ended = ended;
        _connectedAt = client.Loop.Time.GetTimestamp();
        _client = client;
        _state = new SessionState(client.Loop.Time);
        Kind = kind;
        _relay = relay;
        _services = services;
    }

    public ListenerKind Kind { get; }

    /// <summary>The client has a backend and has logged in.</summary>
    public bool IsActive => !_isEnded && (_isActive || _direct is { IsLoggedIn: true });

    /// <summary>It talks to the proxy itself.</summary>
    public bool IsOnConsole { get; private set; }

    public long BytesFromClient => _state.BytesFromClient;
    public long BytesFromBackend => _state.BytesFromBackend;

    private RelayPhase? Phase => _pooled?.Phase ?? _direct?.Phase;

    private Personality Personality => _services.Options.Now.Personality;
    private EndPoint? ClientEndPoint => _client.RemoteEndPoint;

    /// <summary>Serves the client from its first packet on. Called once, on the connection's loop.</summary>
    public void Begin()
    {
        ProxyLog.SessionBegan(_services.Logger, ClientEndPoint);
        _lines = ClientLines.For(_client, _services);
        _ = RunAsync(static (session, cut) => session.ServeAsync(cut));
    }

    /// <inheritdoc/>
    void ISessionHost.GoOn() => _ = RunAsync(
        static async (session, cut) => session.End(await session._pooled!.GoOnAsync(cut)));

    /// <summary>One part of the session's life: until it rests or ends. Never throws.</summary>
    private async Task RunAsync(Func<ClientSession, CancellationToken, Task> part)
    {
        using var cut = new CancellationTokenSource();
        _cut = cut;
        if (_cutReason is not null)
        {
            cut.Cancel();
        }

        try
        {
            await part(this, cut.Token);
        }
        catch (OperationCanceledException) when (_cutReason is { } reason)
        {
            SayFinal(reason);
        }
        catch (IOException failure)
        {
            ProxyLog.SessionEnded(_services.Logger, ClientEndPoint, failure.Message);
        }
        catch (Exception bug)
        {
            ProxyLog.SessionFailed(_services.Logger, ClientEndPoint, bug);
        }

        _cut = null;
        if (_pooled is { HasPaused: true } paused)
        {
            paused.Rest(isCut: _cutReason is not null);
        }
        else
        {
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        _isEnded = true;
        LeaveRoom();
        _lines?.Closed();
        await _client.DisposeAsync();
        _ended(this);
    }

    /// <summary>Another client may have its place.</summary>
    private void LeaveRoom()
    {
        if (_pooledUser is { } user)
        {
            _services.Clients.Leave(_pooled!.Pool.Key.Database, user);
        }

        if (_isCounted)
        {
            _services.Limit.Leave();
        }
    }

    /// <summary>Ends the session now. Callable from any thread.</summary>
    public void Cut(CutReason reason) => Post(session => session.CutHere(reason));

    /// <summary>Ends the session as soon as it is idle. Callable from any thread.</summary>
    public void Finish() => Post(static session =>
    {
        session._state.Finish(CutReason.ShuttingDown);
        if (session.Phase is null || session._state.IsIdle)
        {
            session.CutHere(CutReason.ShuttingDown);
        }
    });

    /// <summary>Looks at the newest view again. Callable from any thread.</summary>
    public void OnViewChanged() => Post(static session =>
    {
        if ((session._direct?.Backend ?? session._pooled?.Backend?.Backend) is { } backend && session.WhyCut(backend) is { } reason)
        {
            session.CutHere(reason);
        }
        else
        {
            session.Phase?.Reconsider();
        }
    });

    private CutReason? WhyCut(BackendConnection backend)
    {
        var view = _services.Views.Current;
        if (backend.Identity is { } identity)
        {
            return RoutePolicy.MustCut(identity, view) ? CutReason.PrimaryChanged : null;
        }

        return _services.Options.Now.ReplicaCutOnRoleChange && RoutePolicy.MustCut(backend.Member, view)
            ? CutReason.RoleChanged
            : null;
    }

    private void Post(Action<ClientSession> action) => _client.Loop.Post(
        static state =>
        {
            var (session, action) = ((ClientSession, Action<ClientSession>))state!;
            action(session);
        },
        (this, action));

    void ISessionHost.Cut(CutReason reason) => CutHere(reason);

    private void CutHere(CutReason reason)
    {
        if (_cutReason is null && !_isEnded)
        {
            _cutReason = reason;
            _cut?.Cancel();
            if (_pooled is not null)
            {
                // Later: who cuts may be looking at all sessions of a pool.
                Post(static session => session._pooled!.Interrupt());
            }
        }
    }

    private async Task ServeAsync(CancellationToken cut)
    {
        StartupOutcome startup;
        await using (DeadlineOfLogin())
        {
            startup = await ProxyPreamble.TakeAsync(_client, _services, cut)
                ?? await StartupPhase.RunAsync(_client, _services.Tls, Personality, cut);
        }

        switch (startup)
        {
            case StartupOutcome.Login login:
                await AdmitAsync(login.Packet, cut);
                break;
            case StartupOutcome.Cancel cancel:
                await _services.Cancels.ForwardAsync(_client.Loop, cancel.Request, cut);
                break;
            case StartupOutcome.Refused refused:
                Say(Refusals.In(Personality, refused.Error));
                break;
            case StartupOutcome.Ended ended:
                ProxyLog.SessionEnded(_services.Logger, ClientEndPoint, ended.Reason);
                break;
            default:
                throw new InvalidOperationException("a startup outcome that nobody knows");
        }
    }

    private async Task AdmitAsync(byte[] startup, CancellationToken cut)
    {
        _services.Counters.ClientCame();
        var pooling = _services.Options.Now.Pool;
        var wanted = pooling is null ? null : StartupMessage.Parse(startup);
        if (wanted is { User: { Length: > 0 } user, Database: { } database })
        {
            _lines?.Came(database, user);
        }

        // Who wants the console is not counted: whoever asks why there is no room must get in.
        var isForConsole = wanted is { IsReplication: false, Database: AdminConsole.Database };
        if (!isForConsole && !_services.Limit.TryEnter())
        {
            Say(Refusals.TooManyClients.In(Personality));
            return;
        }

        _isCounted = !isForConsole;
        if (wanted is not null)
        {
            await ServePooledAsync(wanted, pooling!, cut);
        }
        else
        {
            await ServeDirectAsync(startup, cut);
        }
    }

    private async Task ServeDirectAsync(byte[] startup, CancellationToken cut)
    {
        switch (await _services.Checkout.AcquireAsync(_client, Kind, startup, cut))
        {
            case CheckoutOutcome.Taken taken:
                await using (taken.Backend)
                {
                    await RelayAsync(taken.Backend, cut);
                }

                break;
            case CheckoutOutcome.Refused refused:
                Say(Refusals.In(Personality, refused.Error));
                break;
            case CheckoutOutcome.Abandoned:
                ProxyLog.SessionEnded(_services.Logger, ClientEndPoint, "the client left while it waited for a backend");
                break;
            default:
                throw new InvalidOperationException("a checkout outcome that nobody knows");
        }
    }

    private async Task RelayAsync(BackendConnection backend, CancellationToken cut)
    {
        _direct = new DirectSession(_client, _services, _state, _relay, backend, DeadlineOfLogin);
        _direct.Phase.Attach(backend);

        // The view may have moved on between the decision and here.
        OnViewChanged();
        try
        {
            _cutReason ??= await _direct.RunAsync(cut);
        }
        catch (OperationCanceledException) when (_cutReason is not null)
        {
            // Said below, like every other reason.
        }

        if (_cutReason is { } reason)
        {
            // Nothing more may reach this backend, and the client need not wait for it.
            backend.Connection.Abort();
            SayFinal(reason);
        }
    }

    private async Task ServePooledAsync(StartupMessage startup, PoolOptions pooling, CancellationToken cut)
    {
        switch (await new PooledAdmission(_client, Kind, _services, DeadlineOfLogin).RunAsync(startup, pooling, cut))
        {
            case Admission.ToPool place:
                _pooledUser = place.User;
                _pooled = MakePooled(place);
                End(await _pooled.BeginAsync(place.Startup, cut));
                break;
            case Admission.ToConsole console:
                await ServeConsoleAsync(console, cut);
                break;
            case Admission.Refused refused:
                Say(refused.Error);
                break;
            default:
                ProxyLog.SessionEnded(_services.Logger, ClientEndPoint, "the client left while it logged in");
                break;
        }
    }

    private PooledSession MakePooled(Admission.ToPool place)
    {
        var pool = place.Pool;
        var own = place.User == pool.Key.User ? PoolOverrides.None : _services.Options.Now.Pool!.Databases.OverridesOf(place.User);
        _isActive = true;
        var profile = StartupProfile.Of(place.Startup);
        return new PooledSession(this, _client, _services, _state, _relay, pool, profile, own, _connectedAt);
    }

    /// <summary>A pooled session has stopped.</summary>
    /// <param name="end">Null: it rests.</param>
    private void End(SessionEnd? end)
    {
        if (end is null)
        {
            return;
        }

        _cutReason ??= end.Cut;
        if (_cutReason is { } reason)
        {
            SayFinal(reason);
        }
        else if (end.Error is { } error)
        {
            Say(error);
        }
    }

    private async Task ServeConsoleAsync(Admission.ToConsole admission, CancellationToken cut)
    {
        (_isActive, IsOnConsole) = (true, true);
        if (await ConsoleSession.RunAsync(_client, _services, admission, cut) is { } error)
        {
            Say(error);
        }
    }

    private ITimer DeadlineOfLogin() => _client.Loop.Time.CreateTimer(
        static session => ((ClientSession)session!).CutHere(CutReason.LoginTimedOut),
        this,
        _services.Options.Now.ClientLoginTimeout,
        Timeout.InfiniteTimeSpan);

    /// <summary>The last words to a client that can hear them (S22); otherwise the connection just closes.</summary>
    private void SayFinal(CutReason reason)
    {
        ProxyLog.SessionCut(_services.Logger, ClientEndPoint, reason, _state.IsInFlight);
        if (Phase is { FromBackend.IsAtBoundary: false } || _state.HasSentFatal || _state.IsTerminating)
        {
            return;
        }

        Say(CutPolicy.FinalError(reason, _state.IsInFlight, Personality));
    }

    /// <summary>Puts the error behind what the client has still to get; disposing the connection delivers both.</summary>
    private void Say(ErrorResponse error)
    {
        _services.Counters.FinalErrorSent(error.Code);
        _lines?.Told(error.Message);
        var writer = new FrameWriter();
        (error with { IsTerse = Personality == Personality.PgBouncer }).Write(writer);
        _client.Output.Write(writer.Written.Span);
    }
}
