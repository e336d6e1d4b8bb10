using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Statements;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>
/// A server connection that is logged in and serves one client after another. Owned by its pool, lent to a session; used on
/// the pool's loop only.
/// </summary>
internal sealed class PooledBackend : IReadinessWatcher
{
    private readonly BackendPool _pool;
    private ReportedParameters _parameters = ReportedParameters.None;

    public PooledBackend(
        BackendPool pool, BackendConnection backend, StartupProfile profile, LoginOutcome.Done login, long createdAt, long id)
    {
        Id = id;
        _pool = pool;
        Backend = backend;
        Profile = profile;
        Parameters = login.Parameters;
        Key = login.Key;
        Statements = new ServerStatements(pool.Statements);
        CreatedAt = createdAt;
        IdleSince = createdAt;
    }

    /// <summary>Its number in the console.</summary>
    public long Id { get; }

    public BackendConnection Backend { get; }

    public IConnection Connection => Backend.Connection;

    public StartupProfile Profile { get; }

    /// <summary>What the connection has reported last of its session.</summary>
    public ReportedParameters Parameters
    {
        get => _parameters;
        set => _parameters = ReferenceEquals(value, _parameters) ? value : _pool.Welcome.Intern(value);
    }

    /// <summary>What clients have changed of its session's settings.</summary>
    public SessionSettings Settings { get; set; } = SessionSettings.None;

    /// <summary>Null where the server gave none: then its requests cannot be cancelled.</summary>
    public BackendKeyData? Key { get; }

    /// <summary>What is prepared on it.</summary>
    public ServerStatements Statements { get; }

    /// <summary>Timestamps of the loop's clock.</summary>
    public long CreatedAt { get; }

    public long IdleSince { get; set; }

    public PooledBackendState State { get; set; }

    /// <summary>A client has had it.</summary>
    public bool HasServed { get; set; }

    /// <summary>Why it is to be closed when it comes back; null where it is not.</summary>
    public string? CloseReason { get; set; }

    /// <summary>Why it can serve no second client; null where it can.</summary>
    public string? WhyUsedUp => Profile.IsReplication && HasServed ? "it was a replication connection" : null;

    /// <summary>Cancel requests for it that are under way: it must not serve another client meanwhile.</summary>
    public int CancelsInFlight { get; set; }

    /// <summary>A cancel request was sent to it since it was last known to be quiet.</summary>
    public bool NeedsBarrier { get; set; }

    /// <summary>What is to be said on it before another client gets it; null where nothing waits to be said.</summary>
    public string[]? Errands { get; set; }

    /// <inheritdoc/>
    public void OnReadable(bool isPeerClosing) => _pool.OnReadable(this);
}
