using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Console;
using Router.Proxy.Listening;
using Router.Proxy.Manners;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// One client, from its first packet to its end. Owner of its connection, its backend and its protocol state; all of it
/// lives on the loop of the connection. The only calls from other threads are <see cref="Cut"/>,
/// <see cref="Finish"/> and <see cref="OnViewChanged"/>, which post to the loop.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "RunAsync, which is called once, disposes of the token source.")]
internal sealed class ClientSession
{
    /// <summary>Before the login is over a session may hold this much in each direction.</summary>
    private static readonly RelayOptions LoginRelay = new(HeldMax: 16 * 1024);

    private readonly IConnection _client;
    private readonly SessionServices _services;
    private readonly RelayOptions _relay;
    private readonly CancellationTokenSource _cut = new();
    private readonly SessionState _state;
    private CutReason? _cutReason;
    private RelayPhase? _phase;
    private BackendConnection? _backend;
    private PooledSession? _pooled;
    private ClientLines? _lines;
    private volatile bool _isActive;
    private bool _isEnded;

    public ClientSession(IConnection client, ListenerKind kind, RelayOptions relay, SessionServices services)
    {
        _client = client;
        _state = new SessionState(client.Loop.Time);
        Kind = kind;
        _relay = relay;
        _services = services;
    }

    public ListenerKind Kind { get; }

    /// <summary>The client has a backend and has logged in.</summary>
    public bool IsActive => _isActive;

    /// <summary>It talks to the proxy itself.</summary>
    public bool IsOnConsole { get; private set; }

    public long BytesFromClient => _state.BytesFromClient;

    public long BytesFromBackend => _state.BytesFromBackend;

    private Personality Personality => _services.Options.Now.Personality;

    private EndPoint? ClientEndPoint => _client.RemoteEndPoint;

    /// <summary>Serves the client; never throws. Called on the connection's loop.</summary>
    public async Task RunAsync()
    {
        ProxyLog.SessionBegan(_services.Logger, ClientEndPoint);
        _lines = ClientLines.For(_client, _services);
        try
        {
            await ServeAsync();
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
        finally
        {
            _isActive = false;
            _isEnded = true;
            _lines?.Closed();
            await _client.DisposeAsync();
            _cut.Dispose();
        }
    }

    /// <summary>Ends the session now. Callable from any thread.</summary>
    public void Cut(CutReason reason) => Post(session => session.CutHere(reason));

    /// <summary>Ends the session as soon as it is idle. Callable from any thread.</summary>
    public void Finish() => Post(static session =>
    {
        session._state.Finish(CutReason.ShuttingDown);
        if (session._phase is null || session._state.IsIdle)
        {
            session.CutHere(CutReason.ShuttingDown);
        }
    });

    /// <summary>Looks at the newest view again. Callable from any thread.</summary>
    public void OnViewChanged() => Post(static session =>
    {
        if ((session._backend ?? session._pooled?.Backend?.Backend) is { } backend && session.WhyCut(backend) is { } reason)
        {
            session.CutHere(reason);
        }
        else
        {
            session._phase?.Reconsider();
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

    private void CutHere(CutReason reason)
    {
        if (_cutReason is null && !_isEnded)
        {
            _cutReason = reason;
            _cut.Cancel();
        }
    }

    private async Task ServeAsync()
    {
        StartupOutcome startup;
        await using (DeadlineOfLogin())
        {
            startup = await StartupPhase.RunAsync(_client, _services.Tls, Personality, _cut.Token);
        }

        switch (startup)
        {
            case StartupOutcome.Login login:
                await AdmitAsync(login.Packet);
                break;
            case StartupOutcome.Cancel cancel:
                await _services.Cancels.ForwardAsync(_client.Loop, cancel.Request, _cut.Token);
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

    private async Task AdmitAsync(byte[] startup)
    {
        _services.Counters.ClientCame();
        var pooling = _services.Options.Now.Pool;
        var wanted = pooling is null ? null : StartupMessage.Parse(startup);
        if (wanted is { User: { Length: > 0 } user, Database: { } database })
        {
            _lines?.Came(database, user);
        }

        if (pooling is not null && wanted is { IsReplication: false, Database: AdminConsole.Database })
        {
            // Not counted: whoever wants to know why there is no room must get in.
            await ServePooledAsync(wanted, pooling);
            return;
        }

        if (!_services.Limit.TryEnter())
        {
            Say(Refusals.TooManyClients.In(Personality));
            return;
        }

        try
        {
            if (pooling is not null && wanted is { IsReplication: false })
            {
                await ServePooledAsync(wanted, pooling);
                return;
            }

            if (pooling is { Databases.NeedsCluster: false })
            {
                Say(Refusals.NoReplication.In(Personality));
                return;
            }

            switch (await _services.Checkout.AcquireAsync(_client, Kind, startup, _cut.Token))
            {
                case CheckoutOutcome.Taken taken:
                    await using (taken.Backend)
                    {
                        await RelayAsync(taken.Backend);
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
        finally
        {
            _services.Limit.Leave();
        }
    }

    private async Task ServePooledAsync(StartupMessage startup, PoolOptions pooling)
    {
        var admission = await new PooledAdmission(_client, Kind, _services, DeadlineOfLogin).RunAsync(startup, pooling, _cut.Token);
        switch (admission)
        {
            case Admission.ToPool place:
                try
                {
                    await ServePooledAsync(place);
                }
                finally
                {
                    _services.Clients.Leave(place.Pool.Key.Database, place.User);
                }

                break;
            case Admission.ToConsole console:
                await ServeConsoleAsync(console);
                break;
            case Admission.Refused refused:
                Say(refused.Error);
                break;
            default:
                ProxyLog.SessionEnded(_services.Logger, ClientEndPoint, "the client left while it logged in");
                break;
        }
    }

    private async Task ServePooledAsync(Admission.ToPool place)
    {
        var pool = place.Pool;
        var own = place.User == pool.Key.User ? PoolOverrides.None : _services.Options.Now.Pool!.Databases.OverridesOf(place.User);
        _pooled = new PooledSession(
            _client, _services, _state, _relay, pool, StartupProfile.Of(place.Startup), pool.Options.Mode, own, CutHere);
        _phase = _pooled.Phase;
        _isActive = true;
        var end = await _pooled.RunAsync(place.Startup, _cut.Token);
        _cutReason ??= end.Cut;
        if (end.Error is { } error && _cutReason is null)
        {
            Say(error);
        }
        else if (_cutReason is { } reason)
        {
            SayFinal(reason);
        }
    }

    private async Task ServeConsoleAsync(Admission.ToConsole admission)
    {
        (_isActive, IsOnConsole) = (true, true);
        try
        {
            var now = _services.Time.GetUtcNow();
            var fact = new ConnectionFact(_services.Counters.NextConnectionId(), default, "active")
            {
                User = admission.Startup.User,
                Peer = ClientEndPoint,
                Local = _client.LocalEndPoint,
                ConnectedAt = now,
                RequestedAt = now,
                ApplicationName = admission.Startup.Find("application_name") ?? "",
            };
            await new ConsoleSession(_client, _services.Console, admission.Rights, fact)
                .RunAsync(VirtualKey.Make(admission.Startup.Version, peerId: 0), _cut.Token);
        }
        catch (InvalidDataException malformed)
        {
            Say(Refusals.In(
                Personality, ErrorResponse.Fatal(SqlState.ProtocolViolation, $"the client sent {malformed.Message}")));
        }
    }

    private async Task RelayAsync(BackendConnection backend)
    {
        _backend = backend;
        _phase = new RelayPhase(_client, _state, _services.Gate, _services.Options, _services.Time);
        _phase.Attach(backend);

        // The view may have moved on between the decision and here.
        OnViewChanged();
        try
        {
            var outcome = await LogInAndRelayAsync(_phase, backend);
            _cutReason ??= outcome.Cut;
            if (_phase.FromBackend.Stop == FilterStop.Standby && backend.Identity is { } identity)
            {
                _services.Views.ReportStandby(identity);
            }
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

    private async Task<RelayOutcome> LogInAndRelayAsync(RelayPhase phase, BackendConnection backend)
    {
        RelayOutcome outcome;
        await using (DeadlineOfLogin())
        {
            if (backend.Connection.Tls is not null)
            {
                await LoginOffer.PassAsync(_client, backend.Connection, _cut.Token);
            }

            outcome = await phase.LogInAsync(LoginRelay, _cut.Token);
        }

        if (!outcome.IsReady)
        {
            return outcome;
        }

        using var cancelKey = phase.FromBackend.Key is { } key
            ? _services.Cancels.Register(key, new OwnBackend(key, backend.CancelAddress))
            : null;
        _isActive = true;
        return await phase.RunAsync(_relay, _cut.Token);
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
        if (_phase is { FromBackend.IsAtBoundary: false } || _state.HasSentFatal || _state.IsTerminating)
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
