using System.Collections.Frozen;
using System.Collections.Immutable;
using Router.Proxy.Listening;
using Router.Proxy.Pooling;
using Router.Transport;
using static Router.Configuration.PgBouncer.Settings.SettingKinds;
using Auth = Router.Configuration.PgBouncer.Settings.AuthType;
using Mode = Router.Proxy.Pooling.PoolMode;
using TlsMode = Router.Proxy.TlsMode;

namespace Router.Configuration.PgBouncer.Settings;

/// <summary>
/// Every key of the section <c>[pgbouncer]</c> with its default, its notation and whether RELOAD changes it; the order is
/// that of SHOW CONFIG. Keys, defaults and meanings are those of PgBouncer 1.25, and of its development branch; ours alone
/// are <c>loops</c> and <c>transport</c>.
/// </summary>
internal static class SettingTable
{
    private const bool Reload = true;
    private const bool Restart = false;

    private static readonly SettingKind<int> Port = Integer(0, ushort.MaxValue, "write a port, such as 6432");

    private static readonly SettingKind<int> PeerNumber = Integer(0, 16_383, "write a number from 0 to 16383");

    private static readonly SettingKind<TlsMode> SslMode = OneOf(
        ("disable", TlsMode.Disable), ("allow", TlsMode.Allow), ("prefer", TlsMode.Prefer), ("require", TlsMode.Require),
        ("verify-ca", TlsMode.VerifyCa), ("verify-full", TlsMode.VerifyFull));

    private static readonly SettingKind<Auth> AuthTypes = OneOf(
        ("any", Auth.Any), ("trust", Auth.Trust), ("plain", Auth.Plain),
        ("md5", Auth.Md5), ("scram-sha-256", Auth.ScramSha256),
        ("cert", Auth.Cert), ("hba", Auth.Hba), ("ldap", Auth.Ldap),
        ("pam", Auth.Pam));

    private static readonly SettingKind<TransportKind> Transports = OneOf(
        ("auto", TransportKind.Auto), ("epoll", TransportKind.Epoll), ("io_uring", TransportKind.IoUring));

    private static readonly SettingKind<ProxyProtocolMode> ProxyProtocolModes = OneOf(
        ("off", ProxyProtocolMode.Off), ("optional", ProxyProtocolMode.Optional), ("require", ProxyProtocolMode.Require));

    private static readonly SettingKind<ImmutableArray<string>> Networks = new(
        text => Names.Read(text) is (true, var words) && ProxyProtocolOptions.Of(default, words) is not null ? (true, words) : (false, []),
        words => string.Join(", ", words),
        "write networks such as 10.0.0.0/8, addresses, or unix, with commas between them");

    /// <summary>The notation of <c>pool_mode</c>, here and in <c>[databases]</c> and <c>[users]</c>.</summary>
    public static readonly SettingKind<Mode> PoolModes = OneOf(
        ("session", Mode.Session), ("transaction", Mode.Transaction),
        ("statement", Mode.Statement));

    public static readonly Setting<ImmutableArray<string>> AdminUsers = new("admin_users", "", Names, Reload);
    public static readonly Setting<bool> ApplicationNameAddHost = new("application_name_add_host", "0", Flag, Reload);
    public static readonly Setting<string> AuthDbname = new("auth_dbname", null, Text, Reload);
    public static readonly Setting<string> AuthFile = new("auth_file", null, Text, Reload);
    public static readonly Setting<string> AuthHbaFile = new("auth_hba_file", "", Text, Reload);
    public static readonly Setting<string> AuthIdentFile = new("auth_ident_file", null, Text, Reload);
    public static readonly Setting<string> AuthLdapOptions = new("auth_ldap_options", null, Text, Reload);
    public static readonly Setting<string> AuthQuery = new("auth_query", PoolOptions.AuthQueryByDefault, Text, Reload);
    public static readonly Setting<Auth> AuthType = new("auth_type", "md5", AuthTypes, Reload);
    public static readonly Setting<string> AuthUser = new("auth_user", null, Text, Reload);
    public static readonly Setting<TimeSpan> AutodbIdleTimeout = new("autodb_idle_timeout", "3600", Seconds, Reload);
    public static readonly Setting<TimeSpan> CancelWaitTimeout = new("cancel_wait_timeout", "10", Seconds, Reload);
    public static readonly Setting<TimeSpan> ClientIdleTimeout = new("client_idle_timeout", "0", Seconds, Reload);
    public static readonly Setting<TimeSpan> ClientLoginTimeout = new("client_login_timeout", "60", Seconds, Reload);
    public static readonly Setting<string> ClientTls13Ciphers = new("client_tls13_ciphers", null, Text, Reload);
    public static readonly Setting<string> ClientTlsCaFile = new("client_tls_ca_file", "", Text, Reload);
    public static readonly Setting<string> ClientTlsCertFile = new("client_tls_cert_file", "", Text, Reload);
    public static readonly Setting<string> ClientTlsCiphers = new("client_tls_ciphers", "default", Text, Reload);
    public static readonly Setting<string> ClientTlsDheparams = new("client_tls_dheparams", "auto", Text, Reload);
    public static readonly Setting<string> ClientTlsEcdhcurve = new("client_tls_ecdhcurve", "auto", Text, Reload);
    public static readonly Setting<string> ClientTlsKeyFile = new("client_tls_key_file", "", Text, Reload);
    public static readonly Setting<string> ClientTlsProtocols = new("client_tls_protocols", "secure", Text, Reload);
    public static readonly Setting<TlsMode> ClientTlsSslmode = new("client_tls_sslmode", "disable", SslMode, Reload);
    public static readonly Setting<string> Conffile = new("conffile", null, Text, Reload);
    public static readonly Setting<int> DefaultPoolSize = new("default_pool_size", "20", Number, Reload);
    public static readonly Setting<bool> DisablePqexec = new("disable_pqexec", "0", Flag, Restart);
    public static readonly Setting<TimeSpan> DnsMaxTtl = new("dns_max_ttl", "15", Seconds, Reload);
    public static readonly Setting<TimeSpan> DnsNxdomainTtl = new("dns_nxdomain_ttl", "15", Seconds, Reload);
    public static readonly Setting<TimeSpan> DnsZoneCheckPeriod = new("dns_zone_check_period", "0", Seconds, Reload);
    public static readonly Setting<TimeSpan> IdleTransactionTimeout =
        new("idle_transaction_timeout", "0", Seconds, Reload);
    public static readonly Setting<ImmutableArray<string>> IgnoreStartupParameters =
        new("ignore_startup_parameters", "", Names, Reload);
    public static readonly Setting<string> JobName = new("job_name", "pgbouncer", Text, Restart);
    public static readonly Setting<ImmutableArray<string>> ListenAddr = new("listen_addr", "", Names, Restart);
    public static readonly Setting<int> ListenBacklog = new("listen_backlog", "128", Number, Restart);
    public static readonly Setting<int> ListenPort = new("listen_port", "6432", Port, Restart);
    public static readonly Setting<bool> LogConnections = new("log_connections", "1", Flag, Reload);
    public static readonly Setting<bool> LogDisconnections = new("log_disconnections", "1", Flag, Reload);
    public static readonly Setting<bool> LogPoolerErrors = new("log_pooler_errors", "1", Flag, Reload);
    public static readonly Setting<bool> LogStats = new("log_stats", "1", Flag, Reload);
    public static readonly Setting<string> Logfile = new("logfile", "", Text, Reload);
    public static readonly Setting<string> LoginNotifyMessage = new("login_notify_message", "", Text, Reload);
    public static readonly Setting<int> Loops = new("loops", "1", Integer(1, 256, "write a number from 1 to 256"), Restart);
    public static readonly Setting<int> MaxClientConn = new("max_client_conn", "100", Number, Reload);
    public static readonly Setting<int> MaxDbClientConnections = new("max_db_client_connections", "0", Number, Reload);
    public static readonly Setting<int> MaxDbConnections = new("max_db_connections", "0", Number, Reload);
    public static readonly Setting<uint> MaxPacketSize = new("max_packet_size", "2147483647", Unsigned, Reload);
    public static readonly Setting<int> MaxPreparedStatements = new("max_prepared_statements", "200", Number, Reload);
    public static readonly Setting<int> MaxUserClientConnections =
        new("max_user_client_connections", "0", Number, Reload);
    public static readonly Setting<int> MaxUserConnections = new("max_user_connections", "0", Number, Reload);
    public static readonly Setting<int> MinPoolSize = new("min_pool_size", "0", Number, Reload);
    public static readonly Setting<int> PeerId = new("peer_id", "0", PeerNumber, Reload);
    public static readonly Setting<string> Pidfile = new("pidfile", "", Text, Restart);
    public static readonly Setting<int> PktBuf = new("pkt_buf", "4096", Number, Restart);
    public static readonly Setting<TimeSpan> PoolIdleTimeout = new("pool_idle_timeout", "0", Seconds, Reload);
    public static readonly Setting<Mode> PoolMode = new("pool_mode", "session", PoolModes, Reload);
    public static readonly Setting<ProxyProtocolMode> ProxyProtocol = new("proxy_protocol", "off", ProxyProtocolModes, Reload);
    public static readonly Setting<ImmutableArray<string>> ProxyProtocolNetworks =
        new("proxy_protocol_networks", "", Networks, Reload);
    public static readonly Setting<TimeSpan> QueryTimeout = new("query_timeout", "0", Seconds, Reload);
    public static readonly Setting<TimeSpan> QueryWaitNotify = new("query_wait_notify", "5", WholeSeconds, Reload);
    public static readonly Setting<TimeSpan> QueryWaitTimeout = new("query_wait_timeout", "120", Seconds, Reload);
    public static readonly Setting<int> ReservePoolSize = new("reserve_pool_size", "0", Number, Reload);
    public static readonly Setting<TimeSpan> ReservePoolTimeout = new("reserve_pool_timeout", "5", Seconds, Reload);
    public static readonly Setting<string> ResolvConf = new("resolv_conf", "", Text, Restart);
    public static readonly Setting<int> SbufLoopcnt = new("sbuf_loopcnt", "5", Number, Reload);
    public static readonly Setting<int> ScramIterations = new("scram_iterations", "4096", Number, Reload);
    public static readonly Setting<TimeSpan> ServerCheckDelay = new("server_check_delay", "30", Seconds, Reload);
    public static readonly Setting<string> ServerCheckQuery = new("server_check_query", "<empty>", Text, Reload);
    public static readonly Setting<TimeSpan> ServerConnectTimeout =
        new("server_connect_timeout", "15", Seconds, Reload);
    public static readonly Setting<bool> ServerFastClose = new("server_fast_close", "0", Flag, Reload);
    public static readonly Setting<TimeSpan> ServerIdleTimeout = new("server_idle_timeout", "600", Seconds, Reload);
    public static readonly Setting<TimeSpan> ServerLifetime = new("server_lifetime", "3600", Seconds, Reload);
    public static readonly Setting<TimeSpan> ServerLoginRetry = new("server_login_retry", "15", Seconds, Reload);
    public static readonly Setting<string> ServerResetQuery = new("server_reset_query", "DISCARD ALL", Text, Reload);
    public static readonly Setting<bool> ServerResetQueryAlways = new("server_reset_query_always", "0", Flag, Reload);
    public static readonly Setting<bool> ServerRoundRobin = new("server_round_robin", "0", Flag, Reload);
    public static readonly Setting<string> ServerTls13Ciphers = new("server_tls13_ciphers", null, Text, Reload);
    public static readonly Setting<string> ServerTlsCaFile = new("server_tls_ca_file", "", Text, Reload);
    public static readonly Setting<string> ServerTlsCertFile = new("server_tls_cert_file", "", Text, Reload);
    public static readonly Setting<string> ServerTlsCiphers = new("server_tls_ciphers", "default", Text, Reload);
    public static readonly Setting<string> ServerTlsKeyFile = new("server_tls_key_file", "", Text, Reload);
    public static readonly Setting<string> ServerTlsProtocols = new("server_tls_protocols", "secure", Text, Reload);
    public static readonly Setting<TlsMode> ServerTlsSslmode = new("server_tls_sslmode", "prefer", SslMode, Reload);
    public static readonly Setting<bool> SoReuseport = new("so_reuseport", "0", Flag, Restart);
    public static readonly Setting<TimeSpan> StatsPeriod = new("stats_period", "60", WholeSeconds, Reload);
    public static readonly Setting<ImmutableArray<string>> StatsUsers = new("stats_users", "", Names, Reload);
    public static readonly Setting<TimeSpan> SuspendTimeout = new("suspend_timeout", "10", Seconds, Reload);
    public static readonly Setting<bool> Syslog = new("syslog", "0", Flag, Reload);
    public static readonly Setting<string> SyslogFacility = new("syslog_facility", "daemon", Text, Reload);
    public static readonly Setting<string> SyslogIdent = new("syslog_ident", "pgbouncer", Text, Reload);
    public static readonly Setting<bool> TcpDeferAccept = new("tcp_defer_accept", "1", Flag, Reload);
    public static readonly Setting<bool> TcpKeepalive = new("tcp_keepalive", "1", Flag, Reload);
    public static readonly Setting<int> TcpKeepcnt = new("tcp_keepcnt", "0", Number, Reload);
    public static readonly Setting<TimeSpan> TcpKeepidle = new("tcp_keepidle", "0", WholeSeconds, Reload);
    public static readonly Setting<TimeSpan> TcpKeepintvl = new("tcp_keepintvl", "0", WholeSeconds, Reload);
    public static readonly Setting<int> TcpSocketBuffer = new("tcp_socket_buffer", "0", Number, Reload);
    public static readonly Setting<TimeSpan> TcpUserTimeout = new("tcp_user_timeout", "0", Milliseconds, Reload);
    public static readonly Setting<ImmutableArray<string>> TrackExtraParameters =
        new("track_extra_parameters", "IntervalStyle", Names, Restart);
    public static readonly Setting<TimeSpan> TransactionTimeout = new("transaction_timeout", "0", Seconds, Reload);
    public static readonly Setting<TransportKind> Transport = new("transport", "auto", Transports, Restart);
    public static readonly Setting<string> UnixSocketDir = new("unix_socket_dir", "/tmp", Text, Restart);
    public static readonly Setting<string> UnixSocketGroup = new("unix_socket_group", "", Text, Restart);
    public static readonly Setting<UnixFileMode> UnixSocketMode = new("unix_socket_mode", "0777", Permissions, Restart);
    public static readonly Setting<string> User = new("user", null, Text, Restart);
    public static readonly Setting<int> Verbose = new("verbose", null, Number, Reload);

    public static readonly ImmutableArray<Setting> All =
    [
        AdminUsers, ApplicationNameAddHost, AuthDbname, AuthFile, AuthHbaFile, AuthIdentFile, AuthLdapOptions,
        AuthQuery, AuthType, AuthUser, AutodbIdleTimeout, CancelWaitTimeout, ClientIdleTimeout, ClientLoginTimeout,
        ClientTls13Ciphers, ClientTlsCaFile, ClientTlsCertFile, ClientTlsCiphers, ClientTlsDheparams,
        ClientTlsEcdhcurve, ClientTlsKeyFile, ClientTlsProtocols, ClientTlsSslmode, Conffile, DefaultPoolSize,
        DisablePqexec, DnsMaxTtl, DnsNxdomainTtl, DnsZoneCheckPeriod, IdleTransactionTimeout, IgnoreStartupParameters,
        JobName, ListenAddr, ListenBacklog, ListenPort, LogConnections, LogDisconnections, LogPoolerErrors, LogStats,
        Logfile, LoginNotifyMessage, Loops, MaxClientConn, MaxDbClientConnections, MaxDbConnections, MaxPacketSize,
        MaxPreparedStatements, MaxUserClientConnections, MaxUserConnections, MinPoolSize, PeerId, Pidfile, PktBuf,
        PoolIdleTimeout, PoolMode, ProxyProtocol, ProxyProtocolNetworks, QueryTimeout, QueryWaitNotify, QueryWaitTimeout,
        ReservePoolSize, ReservePoolTimeout, ResolvConf, SbufLoopcnt, ScramIterations, ServerCheckDelay, ServerCheckQuery,
        ServerConnectTimeout, ServerFastClose, ServerIdleTimeout, ServerLifetime, ServerLoginRetry, ServerResetQuery,
        ServerResetQueryAlways, ServerRoundRobin, ServerTls13Ciphers, ServerTlsCaFile, ServerTlsCertFile,
        ServerTlsCiphers, ServerTlsKeyFile, ServerTlsProtocols, ServerTlsSslmode, SoReuseport, StatsPeriod,
        StatsUsers, SuspendTimeout, Syslog, SyslogFacility, SyslogIdent, TcpDeferAccept, TcpKeepalive, TcpKeepcnt,
        TcpKeepidle, TcpKeepintvl, TcpSocketBuffer, TcpUserTimeout, TrackExtraParameters, TransactionTimeout,
        Transport, UnixSocketDir, UnixSocketGroup, UnixSocketMode, User, Verbose,
    ];

    private static readonly FrozenDictionary<string, Setting> ByName = All.ToFrozenDictionary(setting => setting.Name);

    public static IEnumerable<string> Keys => All.Select(setting => setting.Name);

    /// <summary>Null where there is no such key.</summary>
    public static Setting? Find(string name) => ByName.GetValueOrDefault(name);
}
