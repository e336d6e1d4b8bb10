using System.Collections.Immutable;
using Router.Proxy.Authentication;
using Router.Proxy.Authentication.Hba;
using Router.Proxy.Authentication.Ldap;

namespace Router.Proxy.Pooling;

/// <summary>
/// The settings of pooling, by PgBouncer's names and meanings. A limit of zero is none; a timeout of zero is off.
/// <see cref="For"/> makes of those of the proxy those of one pool.
/// </summary>
public sealed record PoolOptions
{
    /// <summary>For an account that may read the server's own secrets.</summary>
    public const string AuthQueryByDefault =
        "SELECT rolname, CASE WHEN rolvaliduntil < pg_catalog.now() THEN NULL ELSE rolpassword END "
        + "FROM pg_authid WHERE rolname=$1 AND rolcanlogin";

    /// <summary><c>pool_mode</c>.</summary>
    public PoolMode Mode { get; init; } = PoolMode.Session;

    /// <summary><c>default_pool_size</c>: server connections for one database and user.</summary>
    public int PoolSize { get; init; } = 20;

    /// <summary><c>min_pool_size</c>: kept open while a client of the pool is connected.</summary>
    public int MinPoolSize { get; init; }

    /// <summary><c>reserve_pool_size</c>: more of them for a client that has waited <see cref="ReservePoolTimeout"/>.</summary>
    public int ReservePoolSize { get; init; }

    /// <summary><c>reserve_pool_timeout</c>; zero: the reserve is not used.</summary>
    public TimeSpan ReservePoolTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>max_db_connections</c>: server connections of all users of a database.</summary>
    public int MaxDatabaseConnections { get; init; }

    /// <summary><c>max_user_connections</c>: server connections of a user over all databases.</summary>
    public int MaxUserConnections { get; init; }

    /// <summary><c>max_server_conn</c>: server connections of all pools to one member, cancel requests apart.</summary>
    public int MaxServerConnections { get; init; }

    /// <summary><c>query_wait_timeout</c>: how long a client waits for a server connection.</summary>
    public TimeSpan QueryWaitTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary><c>max_db_client_connections</c>: clients of a database.</summary>
    public int MaxDatabaseClients { get; init; }

    /// <summary><c>max_user_client_connections</c>: clients of a user over all databases.</summary>
    public int MaxUserClients { get; init; }

    /// <summary><c>query_wait_notify</c>: a client that has waited so long for a server connection is told so.</summary>
    public TimeSpan QueryWaitNotify { get; init; }

    /// <summary><c>query_wait_max</c>: clients that may wait in one pool; the next one hears 53300 at once.</summary>
    public int QueryWaitMax { get; init; }

    /// <summary><c>server_idle_timeout</c>: an unused server connection is closed after this long.</summary>
    public TimeSpan ServerIdleTimeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary><c>server_lifetime</c>: an older one is closed when it is unused; zero: used once.</summary>
    public TimeSpan ServerLifetime { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary><c>server_login_retry</c>: how long a refused login is taken for the answer before it is tried again.</summary>
    public TimeSpan ServerLoginRetry { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>server_round_robin</c>: the connection that rested longest is used next, instead of the warmest.</summary>
    public bool RoundRobin { get; init; }

    /// <summary><c>server_reset_query</c>: cleans a server connection between two clients of session mode; may be empty.</summary>
    public string ResetQuery { get; init; } = "DISCARD ALL";

    /// <summary><c>server_reset_query_always</c>: in every mode.</summary>
    public bool ResetQueryAlways { get; init; }

    /// <summary><c>server_check_query</c>: looks whether a connection that rested still works; empty: nobody looks.</summary>
    public string CheckQuery { get; init; } = ";";

    /// <summary><c>server_check_delay</c>: rest after which it is checked before it is used; zero: each time.</summary>
    public TimeSpan CheckDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>pool_idle_timeout</c>: a pool that nobody uses is forgotten, with what it has counted.</summary>
    public TimeSpan PoolIdleTimeout { get; init; }

    /// <summary><c>autodb_idle_timeout</c>: so is one of a database that has no entry of its own.</summary>
    public TimeSpan AutoDatabaseIdleTimeout { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary><c>client_idle_timeout</c>: a client that has no server connection and asks nothing is closed.</summary>
    public TimeSpan ClientIdleTimeout { get; init; }

    /// <summary><c>idle_transaction_timeout</c>: so is one that lets its transaction rest.</summary>
    public TimeSpan IdleTransactionTimeout { get; init; }

    /// <summary><c>query_timeout</c>: and one whose request runs longer.</summary>
    public TimeSpan QueryTimeout { get; init; }

    /// <summary><c>transaction_timeout</c>: and one whose transaction is older.</summary>
    public TimeSpan TransactionTimeout { get; init; }

    /// <summary><c>ignore_startup_parameters</c>: what of a client's startup parameters no server is told.</summary>
    public ImmutableArray<string> IgnoredStartupParameters { get; init; } = [];

    /// <summary><c>application_name_add_host</c>: the client's address is put behind its application_name.</summary>
    public bool AddsHostToApplicationName { get; init; }

    /// <summary><c>login_notify_message</c>: a notice to every client that has logged in; empty: none.</summary>
    public string LoginNotice { get; init; } = "";

    /// <summary>Which databases and users have something for themselves.</summary>
    public DatabaseCatalog Databases { get; init; } = DatabaseCatalog.Open;

    /// <summary>
    /// <c>max_prepared_statements</c>: kept on one server connection, in transaction and statement pooling; zero: prepared
    /// statements do not follow the client.
    /// </summary>
    public int MaxPreparedStatements { get; init; } = 200;

    /// <summary><c>admin_users</c>: who may do everything on the console.</summary>
    public ImmutableArray<string> AdminUsers { get; init; } = [];

    /// <summary><c>stats_users</c>: who may look at it.</summary>
    public ImmutableArray<string> StatsUsers { get; init; } = [];

    /// <summary><c>stats_period</c>: over which the console's averages are taken.</summary>
    public TimeSpan StatsPeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>auth_type</c>.</summary>
    public AuthType Authentication { get; init; } = AuthType.ScramSha256;

    /// <summary><c>auth_hba_file</c>, with the maps of <c>auth_ident_file</c>: where <c>auth_type</c> is hba.</summary>
    public HbaRules Hba { get; init; } = HbaRules.Empty;

    /// <summary><c>auth_ldap_options</c>: which directory is asked where <c>auth_type</c> is ldap.</summary>
    public LdapOptions? Ldap { get; init; }

    /// <summary><c>auth_user</c>: who looks users up that are not in the list; null: nobody does.</summary>
    public string? AuthUser { get; init; }

    /// <summary><c>auth_query</c>: gives name and secret of the user <c>$1</c>.</summary>
    public string AuthQuery { get; init; } = AuthQueryByDefault;

    /// <summary><c>auth_dbname</c>: where it is asked; null: in the database that the client wants.</summary>
    public string? AuthDatabase { get; init; }

    /// <summary><c>auth_file</c>: names and passwords, for both sides.</summary>
    public UserList Users { get; init; } = UserList.Empty;

    /// <summary>PAM is asked.</summary>
    public bool AsksPam => Authentication == AuthType.Pam
        || (Authentication == AuthType.Hba && Hba.Demands(static demand => demand.Type == AuthType.Pam));

    /// <summary>Certificates let clients in, so TLS has to verify them.</summary>
    public bool DemandsCertificates => Authentication == AuthType.Cert || (Authentication == AuthType.Hba
        && Hba.Demands(static demand => demand is { Type: AuthType.Cert } or { Certificate: not CertificateDemand.None }));

    /// <summary>What holds for the pool of a database and a user: what the user has goes before what the database has.</summary>
    public PoolOptions For(DatabaseOptions database, string user)
    {
        ArgumentNullException.ThrowIfNull(database);
        return With(database.Overrides).With(Databases.OverridesOf(user));
    }

    private PoolOptions With(PoolOverrides own) => own == PoolOverrides.None ? this : this with
    {
        Mode = own.Mode ?? Mode,
        PoolSize = own.PoolSize ?? PoolSize,
        MinPoolSize = own.MinPoolSize ?? MinPoolSize,
        ReservePoolSize = own.ReservePoolSize ?? ReservePoolSize,
        MaxDatabaseConnections = own.MaxDatabaseConnections ?? MaxDatabaseConnections,
        MaxUserConnections = own.MaxUserConnections ?? MaxUserConnections,
        MaxDatabaseClients = own.MaxDatabaseClients ?? MaxDatabaseClients,
        MaxUserClients = own.MaxUserClients ?? MaxUserClients,
        ServerLifetime = own.ServerLifetime ?? ServerLifetime,
        QueryWaitTimeout = own.QueryWaitTimeout ?? QueryWaitTimeout,
        QueryTimeout = own.QueryTimeout ?? QueryTimeout,
        IdleTransactionTimeout = own.IdleTransactionTimeout ?? IdleTransactionTimeout,
        TransactionTimeout = own.TransactionTimeout ?? TransactionTimeout,
        ClientIdleTimeout = own.ClientIdleTimeout ?? ClientIdleTimeout,
    };
}
