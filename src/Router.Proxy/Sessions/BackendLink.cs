using System.Buffers;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Manners;
using Router.Proxy.Notify;
using Router.Proxy.Pooling;
using Router.Proxy.Statements;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// The server connection that a pooled client has at the moment: made the client's own when it gets it, and given back to the
/// pool in order. Owned by the session, used on its loop.
/// </summary>
internal sealed class BackendLink
{
    private readonly IConnection _client;
    private readonly SessionServices _services;
    private readonly SessionState _state;
    private readonly BackendPool _pool;
    private readonly RelayPhase _phase;
    private readonly PoolMode _mode;
    private readonly PreparedStatements? _statements;
    private readonly SessionTraits? _traits;
    private readonly INotified _listener;
    private NotificationBox? _heard;
    private bool _isKept;
    private bool _isTheHubs;
    private readonly SessionAccount _account;

    public BackendLink(
        IConnection client, SessionServices services, SessionState state, BackendPool pool, RelayPhase phase, PoolMode mode,
        PreparedStatements? statements, SessionTraits? traits, INotified listener)
    {
        _listener = listener;
        _client = client;
        _services = services;
        _state = state;
        _pool = pool;
        _phase = phase;
        _mode = mode;
        _statements = statements;
        _traits = traits;
        _account = new SessionAccount(state, client.Loop.Time);
    }

    /// <summary>Null between two transactions.</summary>
    public PooledBackend? Backend { get; private set; }

    /// <summary>A request of ours runs on the connection, to make it the client's.</summary>
    public bool IsPreparing { get; private set; }

    /// <summary>The settings of the client's session.</summary>
    public ReportedParameters Parameters { get; set; } = ReportedParameters.None;

    /// <summary>How long ago the last request got its connection; null where none has yet.</summary>
    public TimeSpan? SinceBegin => _account.SinceBegin;

    /// <summary>The wait for a connection is over, whatever came of it.</summary>
    public void OnWaited(PoolTicket ticket) => _account.Waited(_pool.Stats, ticket.Since);

    /// <summary>
    /// Links the client where nothing else is to be done for it; false: <see cref="AttachAsync"/> must, nothing is changed.
    /// </summary>
    public bool TryAttach(PooledBackend backend)
    {
        if (!IsAligned(backend))
        {
            return false;
        }

        Backend = backend;
        _account.Begin(_pool.Stats);
        OpenForRequests(backend);
        return true;
    }

    /// <summary>Makes the connection the client's; else says why the session ends.</summary>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async ValueTask<SessionEnd?> AttachAsync(PooledBackend backend, CancellationToken cut)
    {
        Backend = backend;
        _account.Begin(_pool.Stats);
        cut.ThrowIfCancellationRequested();
        if (!IsAligned(backend) && await AlignAsync(backend, cut) is { } problem)
        {
            return problem;
        }

        OpenForRequests(backend);
        return null;
    }

    /// <summary>
    /// Asks the server what the client has made of its session, where its words were such: what can be carried is from then on,
    /// and where something cannot, the connection stays the client's.
    /// </summary>
    /// <returns>Null, or why the session ends.</returns>
    /// <exception cref="TransportException">The connection failed.</exception>
    public async ValueTask<SessionEnd?> SurveyAsync(CancellationToken cut)
    {
        if (_traits is not { MayHaveChanged: true } traits || Backend is not { } backend)
        {
            return null;
        }

        IsPreparing = true;
        backend.Parameters = _phase.FromBackend.Parameters ?? backend.Parameters;
        var (survey, error) = await SessionSurvey.AskAsync(backend, traits.CustomSettings, _pool.Key.User, Hear, cut);
        IsPreparing = false;
        _phase.FromBackend.Parameters = backend.Parameters;
        if (survey is null)
        {
            backend.CloseReason ??= $"the server did not say what its session has: {error!.Message}";
            return SessionEnd.Refused(ErrorResponse.Fatal(
                SqlState.ConnectionFailure, $"the state of the session could not be read: {error!.Message}"));
        }

        traits.Learn(survey);
        backend.Settings = traits.Settings;
        if (traits.TakeUnlistened() is { Count: > 0 } left)
        {
            _pool.Hub.Leave(_listener, left);
            _heard?.Forget(left);
        }

        if (survey.Channels.Count > 0)
        {
            await ListenAsync(backend, survey.Channels, traits, cut);
        }

        if (traits.Pin is { } pin)
        {
            return _isKept ? null : Keep(pin);
        }

        GiveUpKept();
        return null;
    }

    /// <summary>Has the hub listen for the client; where it cannot, the client's connection does, and stays the client's.</summary>
    private async ValueTask ListenAsync(
        PooledBackend backend, IReadOnlyList<string> channels, SessionTraits traits, CancellationToken cut)
    {
        IsPreparing = true;
        _isTheHubs = traits.Pin is null && _pool.Hub.TryAdopt(backend, _listener, channels);
        if (_isTheHubs || await _pool.Hub.TryTakeOverAsync(backend, _listener, channels, cut))
        {
            traits.Hear(channels);
        }
        else
        {
            traits.PinToListen(channels[0]);
        }

        IsPreparing = false;
    }

    /// <summary>Holds a notification until the client may hear it; false where it is one too many.</summary>
    public bool TryHold(NotificationResponse notification)
    {
        _heard ??= new NotificationBox(_client);
        _heard.Add(notification);
        return !_heard.IsFull;
    }

    /// <summary>Tells the client what is held for it; it has its last answer, and nobody is writing to it.</summary>
    public void TellHeard() => _heard?.Deliver();

    private void Hear(NotificationResponse notification)
    {
        if (!_pool.Hub.Tells(notification.Channel, _listener))
        {
            _listener.OnNotification(notification);
        }
    }

    /// <summary>Nothing is open on the connection: the next client may have it.</summary>
    public void GiveBack(bool isUnsent)
    {
        var backend = Backend!;
        var parameters = _phase.FromBackend.Parameters!;
        if (!ReferenceEquals(parameters, Parameters))
        {
            // The survey may have told the connection of them already.
            backend.Parameters = parameters;
            Parameters = parameters;
            if (backend.Backend is { Identity: null, Member.IsFixed: false } && parameters.Find("in_hot_standby") == "off")
            {
                backend.CloseReason ??= "the replica was promoted";
            }
        }

        _account.Count(_pool.Stats);
        if ((_mode == PoolMode.Session || _traits is { Pin: not null }) && !isUnsent)
        {
            return;
        }

        Backend = null;
        if (_isTheHubs)
        {
            _isTheHubs = false;
            _pool.Hub.Begin();
        }
        else if (_pool.Options is { ResetQueryAlways: true, ResetQuery: { Length: > 0 } query } && !isUnsent)
        {
            _pool.Return(backend, query);
        }
        else
        {
            _pool.Return(backend);
        }
    }

    /// <summary>The session ends, perhaps with a connection in its hands.</summary>
    public void LetGo()
    {
        _statements?.Books.End();
        GiveUpKept();
        LetGoOfBackend();
        _pool.Hub.Leave(_listener, _traits?.Channels ?? []);
    }

    private void LetGoOfBackend()
    {
        if (Backend is not { } backend)
        {
            return;
        }

        Backend = null;
        _account.Count(_pool.Stats);
        if (_isTheHubs)
        {
            _pool.Hub.Begin();
        }
        else
        {
            Release(backend);
        }
    }

    private bool IsAligned(PooledBackend backend) =>
        ReferenceEquals(Parameters, backend.Parameters)
        && (_traits is null || ReferenceEquals(_traits.Settings, backend.Settings));

    /// <summary>
    /// Tells the client that it keeps its connection. Refuses it where that would be the last one that the pool lends: one
    /// session too many that listens must not be everybody's outage.
    /// </summary>
    private SessionEnd? Keep(string pin)
    {
        _isKept = _services.Budget.TryKeep(_pool.Key, _pool.Options.PoolSize);
        if (!_isKept)
        {
            return SessionEnd.Refused(ErrorResponse.Fatal(
                SqlState.TooManyConnections,
                $"this session would keep the last server connection of its pool between transactions ({pin})") with
            {
                Hint = "Use a session pool for sessions that keep something, or a larger pool.",
            });
        }

        var writer = new FrameWriter();
        NoticeResponse.Write(writer, Refusals.Notice(
            _services.Options.Now.Personality, $"this session keeps its server connection between transactions ({pin})"));
        _client.Output.Write(writer.Written.Span);
        return null;
    }

    private void GiveUpKept()
    {
        if (_isKept)
        {
            _isKept = false;
            _services.Budget.GiveUpKept(_pool.Key);
        }
    }

    private void OpenForRequests(PooledBackend backend)
    {
        _phase.Attach(backend.Backend);
        _statements?.Books.Attach(backend.Statements, _pool.Options.MaxPreparedStatements);
        _phase.OpenForRequests();
        _phase.FromBackend.Parameters = backend.Parameters;
    }

    /// <summary>Makes the connection's settings the client's, and tells the client of those that are not its own.</summary>
    private async ValueTask<SessionEnd?> AlignAsync(PooledBackend backend, CancellationToken cut)
    {
        var toSet = TrackedParameters.ToSet(Parameters, backend.Parameters);
        toSet.AddRange(_traits?.Settings.ChangesFrom(backend.Settings) ?? []);
        if (toSet.Count > 0)
        {
            IsPreparing = true;
            var error = await ParameterSetter.SetAsync(backend, toSet, cut);
            IsPreparing = false;
            if (error is not null)
            {
                return SessionEnd.Refused(ErrorResponse.Fatal(error.Code, error.Message));
            }
        }

        var toTell = TrackedParameters.ToTell(Parameters, backend.Parameters);
        if (toTell.Count > 0)
        {
            var writer = new FrameWriter();
            toTell.ForEach(changed => changed.Write(writer));
            _client.Output.Write(writer.Written.Span);
        }

        Parameters = backend.Parameters;
        backend.Settings = _traits?.Settings ?? backend.Settings;
        return null;
    }

    private void Release(PooledBackend backend)
    {
        var release = ReleasePolicy.Decide(new ReleaseFacts(
            backend.CloseReason ?? backend.WhyUsedUp,
            IsAtRest: !IsPreparing && !_state.IsInFlight && _phase.FromBackend.IsAtBoundary,
            EndsByItself: !IsPreparing && _state.IsWhole,
            _state.Answers == 0 ? TransactionStatus.Idle : _state.Transaction,
            _mode,
            _pool.Options,
            IsDirty: _traits is { IsDirty: true }));
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
