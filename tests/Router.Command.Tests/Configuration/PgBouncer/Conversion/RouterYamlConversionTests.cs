using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Conversion;
using Router.Configuration.PgBouncer.Settings;
using Router.Configuration.Proxy;
using Router.Configuration.Yaml;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Command.Tests.Configuration.PgBouncer.Conversion;

public sealed class RouterYamlConversionTests
{
    private const string Smallest = "[pgbouncer]\nauth_type = scram-sha-256\nlisten_addr = 127.0.0.1\nunix_socket_dir =\n";

    private const string EveryPlace = """
        listen_port = 6543
        listen_backlog = 200
        so_reuseport = 1
        unix_socket_mode = 0750
        tcp_keepalive = 0
        tcp_keepidle = 10
        tcp_keepintvl = 11
        tcp_keepcnt = 3
        tcp_user_timeout = 1500
        tcp_defer_accept = 0
        max_client_conn = 500
        client_login_timeout = 0.5
        server_connect_timeout = 6
        cancel_wait_timeout = 7
        pool_mode = statement
        default_pool_size = 21
        min_pool_size = 2
        reserve_pool_size = 3
        reserve_pool_timeout = 4
        max_db_connections = 5
        max_user_connections = 6
        query_wait_timeout = 7
        server_idle_timeout = 8
        server_lifetime = 9
        server_login_retry = 10
        server_round_robin = 1
        server_reset_query = RESET 'x'; # all: yes
        server_reset_query_always = 1
        server_check_query = select 1
        server_check_delay = 12
        client_idle_timeout = 13
        idle_transaction_timeout = 14
        query_timeout = 1.000001
        transaction_timeout = 16
        admin_users = admin, root
        stats_users = monitor
        stats_period = 20
        verbose = 1

        """;

    private readonly Findings _findings = new();

    [Fact]
    public void Converted_file_loads_once_the_marked_lines_are_filled_in()
    {
        var yaml = Convert(Smallest);
        Assert.Null(Read(yaml));
        Assert.Equal(["etcd3.hosts", "scope"], _findings.All.Select(finding => finding.Path).Order(StringComparer.Ordinal));
        Assert.Equal(2, yaml.Split('\n').Count(line => line.Contains("# " + RouterYamlConversion.Mark, StringComparison.Ordinal)));
        Assert.NotNull(Read(FillIn(yaml)));
    }

    [Fact]
    public void Defaults_are_PgBouncers_and_not_our_own()
    {
        var router = Load("[pgbouncer]\nauth_type = plain\nlisten_addr = *, ::1\n");
        var proxy = router.Proxy;
        Assert.Equal(
            [
                new IPEndPoint(IPAddress.Any, 6432),
                new IPEndPoint(IPAddress.IPv6Loopback, 6432),
                new UnixDomainSocketEndPoint("/tmp/.s.PGSQL.6432"),
            ],
            proxy.PrimaryListen.ToArray());
        Assert.Equal(100, proxy.MaxClientConnections);
        Assert.Equal(128, proxy.ListenBacklog);
        Assert.Equal(TimeSpan.FromSeconds(15), proxy.ServerConnectTimeout);
        Assert.Equal((UnixFileMode)0x1FF, proxy.UnixSocketMode);
        Assert.Equal(new TcpOptions { DeferAccept = TimeSpan.FromSeconds(45) }, router.Tcp);
        Assert.Equal(
            new PoolOptions
            {
                Mode = PoolMode.Session,
                Authentication = Router.Proxy.Authentication.AuthType.Plain,
            },
            proxy.Pool! with { AdminUsers = [], StatsUsers = [] });
        Assert.Empty(proxy.Pool.AdminUsers);
    }

    [Fact]
    public void Every_written_setting_that_has_a_place_arrives_there()
    {
        var router = Load(Smallest + EveryPlace);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 6543)], router.Proxy.PrimaryListen.ToArray());
        Assert.Equal(
            new TcpOptions
            {
                KeepAlive = false,
                KeepIdle = TimeSpan.FromSeconds(10),
                KeepInterval = TimeSpan.FromSeconds(11),
                KeepCount = 3,
                UserTimeout = TimeSpan.FromMilliseconds(1500),
            },
            router.Tcp);
        Assert.Equal(
            new Router.Proxy.ProxyOptions
            {
                PrimaryListen = router.Proxy.PrimaryListen,
                ListenBacklog = 200,
                ReusePort = true,
                UnixSocketMode = (UnixFileMode)0x1E8,
                MaxClientConnections = 500,
                ClientLoginTimeout = TimeSpan.FromMilliseconds(500),
                ServerConnectTimeout = TimeSpan.FromSeconds(6),
                CancelWaitTimeout = TimeSpan.FromSeconds(7),
            },
            router.Proxy with { Pool = null });
        var pool = router.Proxy.Pool!;
        Assert.Equal(ExpectedPool, pool with { AdminUsers = [], StatsUsers = [] });
        Assert.Equal(["admin", "root"], pool.AdminUsers.ToArray());
        Assert.Equal(["monitor"], pool.StatsUsers.ToArray());
        Assert.Equal(LogLevel.Debug, router.Log.Level);
    }

    [Fact]
    public void Every_setting_has_a_place_or_a_reason_and_not_both()
    {
        Setting[] special =
        [
            SettingTable.ListenAddr, SettingTable.ListenPort, SettingTable.UnixSocketDir, SettingTable.AuthType,
            SettingTable.Verbose, .. ConvertedSettings.Authentication,
        ];
        var placed = ConvertedSettings.Connections.Concat(ConvertedSettings.Tls).Concat(ConvertedSettings.Pools)
            .Select(converted => converted.Setting).Concat(special).ToList();
        var reasoned = SettingTable.All.Where(setting => UnconvertedSettings.ReasonOf(setting) is not null).ToList();
        Assert.Equal(
            SettingTable.Keys, placed.Concat(reasoned).Select(setting => setting.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Comment_says_where_a_value_comes_from()
    {
        var yaml = Convert(Smallest + "max_client_conn = 5\n");
        Assert.Matches(@"(?m)^max_client_conn: 5 +# p\.ini:5:19$", yaml);
        Assert.Matches(@"(?m)^default_pool_size: 20 +# PgBouncer's default$", yaml);
        Assert.Matches(@"(?m)^    - '127\.0\.0\.1:6432' +# p\.ini:3:15$", yaml);
    }

    [Theory]
    [InlineData("max_client_conn = 0\n", @"^max_client_conn: 1 +# p\.ini:5:19; 0 there; from 1 to 1000000 here$")]
    [InlineData("stats_period = 0\n", @"^stats_period: 1s +# p\.ini:5:16; 0 there; at least 1 s here$")]
    [InlineData("client_login_timeout = 0\n", @"^client_login_timeout: 0s? +# p\.ini:5:24$")]
    [InlineData("server_check_query =\n", @"^server_check_query: '' +# p\.ini:5:21$")]
    [InlineData("logfile = /l\n", @"^# logfile = /l \(p\.ini:5:11\): the log goes to standard error,")]
    [InlineData("auth_ldap_options = ldapserver=a ldapbindpasswd=secret\n",
        @"^auth_ldap_options: +# FILL IN: the value of p\.ini:5:21, which holds a password$")]
    [InlineData("auth_ldap_options = ldapserver=a ldapprefix=b\n", @"^auth_ldap_options: 'ldapserver=a ldapprefix=b' +# p\.ini:5:21$")]
    [InlineData("[databases]\na = host=h password=secret\n", @"^# databases: a: password=\*\*\* \(p\.ini:6:21\): a client logs in")]
    [InlineData("[databases]\na = pool_size=3\n", @"^# databases: a: pool_size=3 \(p\.ini:6:15\): one setting holds")]
    [InlineData("[databases]\na =\n", @"^# databases: a says nothing \(p\.ini:6:1\)$")]
    [InlineData("[databases]\na =\n", @"^# There is no entry '\*', so PgBouncer refuses")]
    [InlineData("syslog_ident =\n", @"^# syslog_ident = \(p\.ini:5:15\): the log goes")]
    [InlineData("[users]\nu = pool_size=3\n", @"^# users: u: pool_size=3 \(p\.ini:6:15\): one setting holds")]
    [InlineData("peer_id = 2\n[peers]\n1 = host=h port=7 pool_size=3\n", @"^  1: +# p\.ini:7:1\n    host: 'h'\n    port: 7\n    pool_size: 3$")]
    public void What_fits_badly_or_not_is_said(string rest, string expected)
    {
        var yaml = Convert(Smallest + rest);
        Assert.Matches("(?m)" + expected, yaml);
        Assert.DoesNotContain("secret", yaml, StringComparison.Ordinal);
        Assert.NotNull(Read(FillIn(yaml)));
    }

    [Theory]
    [InlineData("auth_type = any\nlisten_addr = ::1\n", "auth_type", "auth_type:", "auth_type: plain")]
    [InlineData("auth_type = plain\nunix_socket_dir = @abstract\n", "listen", "primary:", "primary: [127.0.0.1:6432]")]
    [InlineData("auth_type = plain\nlisten_addr = db.example.com\n", "listen.primary", "- ''", "- 10.0.0.1:6432")]
    public void What_cannot_be_known_is_marked_and_refused_until_it_is_filled_in(
        string text, string path, string line, string filled)
    {
        var yaml = FillIn(Convert("[pgbouncer]\n" + text));
        Assert.Null(Read(yaml));
        Assert.Equal(path, Assert.Single(_findings.All).Path);
        Assert.Matches($"(?m)^ *{line} +# {RouterYamlConversion.Mark} ", yaml);
        Assert.NotNull(Read(yaml.Replace(line, filled, StringComparison.Ordinal)));
    }

    [Fact]
    public void Users_and_rules_come_from_the_same_files()
    {
        var directory = Directory.CreateTempSubdirectory("router-convert-").FullName;
        try
        {
            var (users, hba, ident) = (Path.Combine(directory, "users"), Path.Combine(directory, "hba"), Path.Combine(directory, "ident"));
            File.WriteAllText(users, "\"app\" \"secret\"\n");
            File.WriteAllText(hba, "local all all peer map=m\nhost all all all scram-sha-256\n");
            File.WriteAllText(ident, "m root app\n");
            var pool = Load(Smallest.Replace("scram-sha-256", "hba", StringComparison.Ordinal) + $"""
                auth_file = {users}
                auth_hba_file = {hba}
                auth_ident_file = {ident}
                auth_user = looker
                auth_query = SELECT 'it''s'
                auth_dbname = users

                """).Proxy.Pool!;
            Assert.Equal((1, 2), (pool.Users.Count, pool.Hba.Count));
            Assert.Equal(Router.Proxy.Authentication.AuthType.Hba, pool.Authentication);
            Assert.Equal(("looker", "SELECT 'it''s'", "users"), (pool.AuthUser, pool.AuthQuery, pool.AuthDatabase));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Example_is_converted_whole()
    {
        var ini = PgBouncerIni.Load(Repository.ConfigurationFile("pgbouncer.example.ini"), _findings)!;
        Assert.NotNull(Read(FillIn(RouterYamlConversion.Of(ini))));
    }

    private static PoolOptions ExpectedPool => new()
    {
        Mode = PoolMode.Statement,
        PoolSize = 21,
        MinPoolSize = 2,
        ReservePoolSize = 3,
        ReservePoolTimeout = TimeSpan.FromSeconds(4),
        MaxDatabaseConnections = 5,
        MaxUserConnections = 6,
        QueryWaitTimeout = TimeSpan.FromSeconds(7),
        ServerIdleTimeout = TimeSpan.FromSeconds(8),
        ServerLifetime = TimeSpan.FromSeconds(9),
        ServerLoginRetry = TimeSpan.FromSeconds(10),
        RoundRobin = true,
        ResetQuery = "RESET 'x'; # all: yes",
        ResetQueryAlways = true,
        CheckQuery = "select 1",
        CheckDelay = TimeSpan.FromSeconds(12),
        ClientIdleTimeout = TimeSpan.FromSeconds(13),
        IdleTransactionTimeout = TimeSpan.FromSeconds(14),
        QueryTimeout = TimeSpan.FromSeconds(1.000001),
        TransactionTimeout = TimeSpan.FromSeconds(16),
        StatsPeriod = TimeSpan.FromSeconds(20),
    };

    private static string Convert(string ini) => RouterYamlConversion.Of(IniTexts.Good(ini));

    private static string FillIn(string yaml) => yaml
        .Replace("scope:", "scope: main", StringComparison.Ordinal)
        .Replace("  hosts: []", "  hosts: [10.0.0.11]", StringComparison.Ordinal);

    private ProxyConfiguration? Read(string yaml)
    {
        var findings = new Findings();
        var read = RouterYaml.Read(YamlReader.Read("router.yml", yaml, findings)!, findings).Configuration;
        foreach (var finding in findings.All)
        {
            _findings.Add(finding.Severity, finding.At, finding.Path, finding.Sentence);
        }

        return read;
    }

    private ProxyConfiguration Load(string ini)
    {
        var router = Read(FillIn(Convert(ini)));
        Assert.Empty(_findings.All);
        return router!;
    }
}
