using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Command.Tests.Configuration.PgBouncer;

/// <summary>What a pgbouncer.ini means to the proxy.</summary>
public sealed class PgBouncerOptionsTests
{
    private const string Whole = """
        [databases]
        plain =
        there = host=a,b port=6000 dbname=x user=u password=secret pool_size=3 pool_mode=transaction load_balance_hosts=disable
        tuned = host=a min_pool_size=2 reserve_pool=4 max_db_connections=5 max_db_client_connections=6 server_lifetime=7 query_wait_timeout=8 timezone=UTC connect_query='SELECT 1'
        * = host=fallback
        [users]
        app = pool_mode=statement pool_size=9 max_user_connections=10 query_timeout=11 client_idle_timeout=12
        [pgbouncer]
        unix_socket_dir = /run/there
        default_pool_size = 30
        query_timeout = 1.5

        """;

    [Fact]
    public void A_database_without_a_host_is_behind_the_unix_socket() => Assert.Equal(
        "/run/there/.s.PGSQL.5432", Assert.Single(Find("plain").Target.Servers).SocketPath);

    [Fact]
    public void A_list_of_hosts_shares_the_port_and_a_forced_user_has_his_own_password()
    {
        var database = Find("there");
        Assert.Equal(["a:6000", "b:6000"], database.Target.Servers.Select(static server => server.ToString()));
        Assert.Equal(("x", "u", true), (database.Target.ServerDatabase, database.Target.User, database.Target.StaysOnOneServer));
        Assert.Equal("secret"u8, database.Password!.Plain);
        Assert.Equal("u", database.PoolUserOf("app"));
    }

    [Fact]
    public void What_a_user_has_goes_before_what_his_database_has_and_that_before_the_rest()
    {
        var pool = Pool();
        var (there, tuned) = (Find("there"), Find("tuned"));
        Assert.Equal((PoolMode.Transaction, 3), (pool.For(there, "u").Mode, pool.For(there, "u").PoolSize));
        Assert.Equal((PoolMode.Statement, 9), (pool.For(there, "app").Mode, pool.For(there, "app").PoolSize));
        Assert.Equal((PoolMode.Session, 30), (pool.For(tuned, "u").Mode, pool.For(tuned, "u").PoolSize));
        Assert.Equal(TimeSpan.FromSeconds(1.5), pool.For(tuned, "u").QueryTimeout);
        Assert.Equal((10, 11, 12), (
            pool.For(tuned, "app").MaxUserConnections, (int)pool.For(tuned, "app").QueryTimeout.TotalSeconds,
            (int)pool.For(tuned, "app").ClientIdleTimeout.TotalSeconds));
        var own = pool.For(tuned, "u");
        Assert.Equal((2, 4, 5, 6, 7, 8), (
            own.MinPoolSize, own.ReservePoolSize, own.MaxDatabaseConnections, own.MaxDatabaseClients,
            (int)own.ServerLifetime.TotalSeconds, (int)own.QueryWaitTimeout.TotalSeconds));
    }

    [Fact]
    public void Another_name_is_made_from_the_fallback_and_is_its_own_database_there()
    {
        var database = Find("whatever");
        Assert.True(database.IsAutomatic);
        Assert.Equal(("whatever", null), (database.Name, database.Target.ServerDatabase));
        Assert.Null(PoolOf(Whole.Replace("* = host=fallback", "", StringComparison.Ordinal)).Databases.Find("whatever"));
    }

    [Fact]
    public void Parameters_of_a_database_go_to_its_servers() => Assert.Equal(
        ["TimeZone=UTC"], Find("tuned").Parameters.Select(static parameter => $"{parameter.Name}={parameter.Value}"));

    [Theory]
    [InlineData("secure", TlsProtocols.Secure)]
    [InlineData("tlsv1.2", TlsProtocols.Tls12)]
    [InlineData("all, !tlsv1.0:!tlsv1.1", TlsProtocols.Secure)]
    [InlineData("legacy", TlsProtocols.All)]
    public void Protocols_of_TLS_are_words_that_add_and_take_away(string text, TlsProtocols expected) =>
        Assert.Equal(expected, TlsKeys.ProtocolsOf(text));

    [Theory]
    [InlineData("syslog = 1", "p.ini:2:10: warning: syslog: is not in force: the log goes to logfile and standard error")]
    [InlineData("auth_type = pam", null)]
    [InlineData("auth_type = hba", null)]
    [InlineData("disable_pqexec = 1", "p.ini:2:18: disable_pqexec: simple queries cannot be refused; set it to 0")]
    [InlineData("pkt_buf = 4096", null)]
    public void What_is_not_in_force_is_said_once_and_only_where_it_is_set(string line, string? expected)
    {
        var findings = new Findings();
        UnsupportedSettings.Report(Read($"[pgbouncer]\n{line}\n"), findings);
        Assert.Equal(expected, findings.All.SingleOrDefault()?.ToString());
    }

    private static DatabaseOptions Find(string name) => Pool().Databases.Find(name)!;

    private static PoolOptions Pool() => PoolOf(Whole);

    private static PoolOptions PoolOf(string text) =>
        PgBouncerOptions.Of(Read(text), AuthFiles.None, [], Personality.PgBouncer).Pool!;

    private static PgBouncerConfiguration Read(string text)
    {
        var findings = new Findings();
        var configuration = PgBouncerIni.Read("p.ini", (_, _) => text, findings);
        Assert.Empty(findings.All);
        return configuration!;
    }
}
