using System.Collections.Immutable;
using System.Net;
using Router.Cluster;
using Router.Configuration.PgBouncer.Entries;
using Router.Configuration.PgBouncer.Settings;
using Router.Protocol.Authentication;
using Router.Protocol.Messages;
using Router.Proxy;
using Router.Proxy.Listening;
using Router.Proxy.Manners;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;
using Router.Transport;
using ProxyAuthType = Router.Proxy.Authentication.AuthType;

namespace Router.Configuration.PgBouncer;

/// <summary>What a <c>pgbouncer.ini</c> means to the proxy. Pure; the values have been checked.</summary>
internal static class PgBouncerOptions
{
    /// <summary>
    /// No cluster is followed, so nobody waits for one; a client waits for a server as long as its own timeouts allow.
    /// </summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(30);

    /// <summary>What PgBouncer's tcp_defer_accept sets.</summary>
    private static readonly TimeSpan DeferredAtMost = TimeSpan.FromSeconds(45);

    /// <param name="listen">The addresses, which take more than reading to know.</param>
    public static ProxyOptions Of(
        PgBouncerConfiguration configuration, AuthFiles files, ImmutableArray<EndPoint> listen, Personality personality)
    {
        var settings = configuration.Settings;
        return new ProxyOptions
        {
            Personality = personality,
            PrimaryListen = listen,
            ListenBacklog = settings.Of(SettingTable.ListenBacklog),
            ReusePort = settings.Of(SettingTable.SoReuseport),
            UnixSocketMode = settings.Of(SettingTable.UnixSocketMode),
            MaxClientConnections = settings.Of(SettingTable.MaxClientConn),
            ClientLoginTimeout = ZeroIsNever(settings.Of(SettingTable.ClientLoginTimeout)),
            ServerConnectTimeout = ZeroIsNever(settings.Of(SettingTable.ServerConnectTimeout)),
            CancelWaitTimeout = ZeroIsNever(settings.Of(SettingTable.CancelWaitTimeout)),
            HoldTimeout = Never,
            ClientTls = TlsKeys.Client(settings),
            ServerTls = TlsKeys.Server(settings),
            ProxyProtocol = ProxyProtocolOptions.Of(
                settings.Of(SettingTable.ProxyProtocol), settings.Of(SettingTable.ProxyProtocolNetworks))!,
            PeerId = settings.Of(SettingTable.PeerId),
            Peers = configuration.Peers
                .Select(static peer => new PeerOptions(peer.Id, new MemberAddress(peer.Host, peer.Port), peer.PoolSize)).ToEquatableList(),
            LogConnections = settings.Of(SettingTable.LogConnections),
            LogDisconnections = settings.Of(SettingTable.LogDisconnections),
            LogPoolerErrors = settings.Of(SettingTable.LogPoolerErrors),
            LogStats = settings.Of(SettingTable.LogStats),
            Pool = PoolOf(configuration, files),
        };
    }

    public static TcpOptions TcpOf(SettingValues settings) => new()
    {
        KeepAlive = settings.Of(SettingTable.TcpKeepalive),
        KeepIdle = settings.Of(SettingTable.TcpKeepidle),
        KeepInterval = settings.Of(SettingTable.TcpKeepintvl),
        KeepCount = settings.Of(SettingTable.TcpKeepcnt),
        UserTimeout = settings.Of(SettingTable.TcpUserTimeout),
        DeferAccept = settings.Of(SettingTable.TcpDeferAccept) ? DeferredAtMost : TimeSpan.Zero,
    };

    private static PoolOptions PoolOf(PgBouncerConfiguration configuration, AuthFiles files)
    {
        var settings = configuration.Settings;
        return new PoolOptions
        {
            Mode = settings.Of(SettingTable.PoolMode),
            PoolSize = settings.Of(SettingTable.DefaultPoolSize),
            MinPoolSize = settings.Of(SettingTable.MinPoolSize),
            ReservePoolSize = settings.Of(SettingTable.ReservePoolSize),
            ReservePoolTimeout = settings.Of(SettingTable.ReservePoolTimeout),
            MaxDatabaseConnections = settings.Of(SettingTable.MaxDbConnections),
            MaxUserConnections = settings.Of(SettingTable.MaxUserConnections),
            MaxDatabaseClients = settings.Of(SettingTable.MaxDbClientConnections),
            MaxUserClients = settings.Of(SettingTable.MaxUserClientConnections),
            QueryWaitTimeout = settings.Of(SettingTable.QueryWaitTimeout),
            QueryWaitNotify = settings.Of(SettingTable.QueryWaitNotify),
            ServerIdleTimeout = settings.Of(SettingTable.ServerIdleTimeout),
            ServerLifetime = settings.Of(SettingTable.ServerLifetime),
            ServerLoginRetry = settings.Of(SettingTable.ServerLoginRetry),
            RoundRobin = settings.Of(SettingTable.ServerRoundRobin),
            ResetQuery = settings.Of(SettingTable.ServerResetQuery),
            ResetQueryAlways = settings.Of(SettingTable.ServerResetQueryAlways),
            CheckQuery = settings.Of(SettingTable.ServerCheckQuery) is "<empty>" ? ";" : settings.Of(SettingTable.ServerCheckQuery),
            CheckDelay = settings.Of(SettingTable.ServerCheckDelay),
            PoolIdleTimeout = settings.Of(SettingTable.PoolIdleTimeout),
            AutoDatabaseIdleTimeout = settings.Of(SettingTable.AutodbIdleTimeout),
            ClientIdleTimeout = settings.Of(SettingTable.ClientIdleTimeout),
            IdleTransactionTimeout = settings.Of(SettingTable.IdleTransactionTimeout),
            QueryTimeout = settings.Of(SettingTable.QueryTimeout),
            TransactionTimeout = settings.Of(SettingTable.TransactionTimeout),
            MaxPreparedStatements = settings.Of(SettingTable.MaxPreparedStatements),
            IgnoredStartupParameters = settings.Of(SettingTable.IgnoreStartupParameters),
            AddsHostToApplicationName = settings.Of(SettingTable.ApplicationNameAddHost),
            LoginNotice = settings.Of(SettingTable.LoginNotifyMessage),
            AdminUsers = settings.Of(SettingTable.AdminUsers),
            StatsUsers = settings.Of(SettingTable.StatsUsers),
            StatsPeriod = settings.Of(SettingTable.StatsPeriod) is var period && period > TimeSpan.Zero ? period : TimeSpan.FromSeconds(1),
            Authentication = AuthenticationOf(settings.Of(SettingTable.AuthType)),
            Users = files.Users,
            Hba = files.Hba,
            Ldap = files.Ldap,
            AuthUser = NullIfEmpty(settings.Of(SettingTable.AuthUser)),
            AuthQuery = settings.Of(SettingTable.AuthQuery),
            AuthDatabase = NullIfEmpty(settings.Of(SettingTable.AuthDbname)),
            Databases = new DatabaseCatalog(
                configuration.Databases.Where(static entry => !entry.IsFallback).Select(entry => DatabaseOf(entry, settings)),
                configuration.Databases.FirstOrDefault(static entry => entry.IsFallback) is { } fallback
                    ? DatabaseOf(fallback, settings)
                    : null,
                configuration.Users.Select(static user => KeyValuePair.Create(user.Name, OverridesOf(user)))),
        };
    }

    private static DatabaseOptions DatabaseOf(DatabaseEntry entry, SettingValues settings) => new(entry.Name)
    {
        Target = new DatabaseTarget
        {
            Servers = (entry.Hosts.IsEmpty ? [settings.Of(SettingTable.UnixSocketDir)] : entry.Hosts)
                .Select(host => new MemberAddress(host, entry.Port)).ToEquatableList(),
            StaysOnOneServer = entry.LoadBalanceHosts == LoadBalanceHosts.Disable,
            ServerDatabase = entry.DatabaseName,
            User = entry.User,
            ConnectQuery = entry.ConnectQuery,
        },
        AuthUser = entry.AuthUser,
        AuthQuery = entry.AuthQuery,
        AuthDatabase = entry.AuthDatabaseName,
        Password = entry is { User: not null, Password: { } password } ? StoredPassword.Parse(password.Value) : null,
        Parameters = new[]
        {
            ("client_encoding", entry.ClientEncoding), ("DateStyle", entry.DateStyle), ("TimeZone", entry.TimeZone),
            ("application_name", entry.ApplicationName),
        }.Where(static pair => pair.Item2 is not null)
            .Select(static pair => new StartupParameter(pair.Item1, pair.Item2!)).ToEquatableList(),
        Overrides = new PoolOverrides
        {
            Mode = entry.PoolMode,
            PoolSize = entry.PoolSize,
            MinPoolSize = entry.MinPoolSize,
            ReservePoolSize = entry.ReservePoolSize,
            MaxDatabaseConnections = entry.MaxDatabaseConnections,
            MaxDatabaseClients = entry.MaxDatabaseClientConnections,
            ServerLifetime = entry.ServerLifetime,
            QueryWaitTimeout = entry.QueryWaitTimeout,
        },
    };

    private static PoolOverrides OverridesOf(UserEntry user) => new()
    {
        Mode = user.PoolMode,
        PoolSize = user.PoolSize,
        ReservePoolSize = user.ReservePoolSize,
        MaxUserConnections = user.MaxUserConnections,
        MaxUserClients = user.MaxUserClientConnections,
        QueryTimeout = user.QueryTimeout,
        QueryWaitTimeout = user.QueryWaitTimeout,
        IdleTransactionTimeout = user.IdleTransactionTimeout,
        TransactionTimeout = user.TransactionTimeout,
        ClientIdleTimeout = user.ClientIdleTimeout,
    };

    private static ProxyAuthType AuthenticationOf(AuthType type) => type switch
    {
        AuthType.Any => ProxyAuthType.Any,
        AuthType.Trust => ProxyAuthType.Trust,
        AuthType.Plain => ProxyAuthType.Plain,
        AuthType.Cert => ProxyAuthType.Cert,
        AuthType.ScramSha256 => ProxyAuthType.ScramSha256,
        AuthType.Hba => ProxyAuthType.Hba,
        AuthType.Ldap => ProxyAuthType.Ldap,
        AuthType.Pam => ProxyAuthType.Pam,
        _ => ProxyAuthType.Md5,
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    /// <summary>A timeout of zero is none.</summary>
    private static TimeSpan ZeroIsNever(TimeSpan timeout) => timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout;
}
