using Router.Configuration.PgBouncer.Settings;
using Router.Proxy.Pooling;

namespace Router.Command.Tests.Configuration.PgBouncer;

public sealed class PgBouncerIniTests
{
    [Fact]
    public void Header_alone_gives_the_defaults()
    {
        var configuration = IniTexts.Good("[pgbouncer]\n");
        Assert.Equal("p.ini", configuration.File);
        Assert.Equal(100, configuration.Settings.Of(SettingTable.MaxClientConn));
        Assert.Equal(TimeSpan.FromSeconds(120), configuration.Settings.Of(SettingTable.QueryWaitTimeout));
        Assert.Equal("", configuration.Settings.Of(SettingTable.AuthFile));
        Assert.Null(configuration.Settings.Written(SettingTable.MaxClientConn));
        Assert.Empty(configuration.Databases);
        Assert.Empty(configuration.Users);
        Assert.Empty(configuration.Peers);
    }

    [Fact]
    public void Values_are_typed_and_know_where_they_stand()
    {
        var settings = IniTexts.Good("""
            [pgbouncer]
            pool_mode = Transaction
            query_timeout = 1.5
            unix_socket_mode = 0770
            listen_addr = 127.0.0.1, ::1
            so_reuseport = 2
            tcp_user_timeout = 250
            auth_type = scram-sha-256
            max_client_conn = 0x10
            """).Settings;
        Assert.Equal(PoolMode.Transaction, settings.Of(SettingTable.PoolMode));
        Assert.Equal(TimeSpan.FromSeconds(1.5), settings.Of(SettingTable.QueryTimeout));
        Assert.Equal((UnixFileMode)0x1F8, settings.Of(SettingTable.UnixSocketMode));
        Assert.Equal(["127.0.0.1", "::1"], settings.Of(SettingTable.ListenAddr).ToArray());
        Assert.True(settings.Of(SettingTable.SoReuseport));
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.Of(SettingTable.TcpUserTimeout));
        Assert.Equal(AuthType.ScramSha256, settings.Of(SettingTable.AuthType));
        Assert.Equal(16, settings.Of(SettingTable.MaxClientConn));
        Assert.Equal("p.ini:3:17", settings.Written(SettingTable.QueryTimeout)!.At.ToString());
    }

    [Theory]
    [InlineData("max_clients_conn = 1", "1:1: max_clients_conn: unknown key; did you mean 'max_client_conn'?")]
    [InlineData("colour = red", "1:1: colour: unknown key; remove it")]
    [InlineData("max_client_conn = many", "1:19: max_client_conn: 'many' does not fit; write a whole number, such as 100")]
    [InlineData("max_client_conn = 5000000000", "1:19: max_client_conn: '5000000000' does not fit; write a whole number, such as 100")]
    [InlineData("log_connections = yes", "1:19: log_connections: 'yes' does not fit; write 0 or 1")]
    [InlineData("pool_mode = tx", "1:13: pool_mode: 'tx' does not fit; write session, transaction, statement")]
    [InlineData("query_timeout = 10s", "1:17: query_timeout: '10s' does not fit; write seconds, such as 15 or 0.5, without a unit")]
    [InlineData("query_timeout = -1", "1:17: query_timeout: '-1' does not fit; write seconds, such as 15 or 0.5, without a unit")]
    [InlineData("stats_period = 1.5", "1:16: stats_period: '1.5' does not fit; write whole seconds, such as 15")]
    [InlineData("unix_socket_mode = rwx", "1:20: unix_socket_mode: 'rwx' does not fit; write it as chmod takes it, with a zero before it, such as 0770")]
    [InlineData("max_packet_size = -1", "1:19: max_packet_size: '-1' does not fit; write a whole number from 0 to 4294967295")]
    [InlineData("listen_port = 65536", "1:15: listen_port: '65536' does not fit; write a port, such as 6432")]
    [InlineData("peer_id = 16384", "1:11: peer_id: '16384' does not fit; write a number from 0 to 16383")]
    [InlineData("auth_type = password", "1:13: auth_type: 'password' does not fit; write any, trust, plain, md5, scram-sha-256, cert, hba, ldap, pam")]
    [InlineData("auth_type = cert", "1:13: auth_type: cert needs client_tls_sslmode = verify-full and client_tls_ca_file; set both")]
    [InlineData("auth_dbname = pgbouncer", "1:15: auth_dbname: is the console; name a database that has the users")]
    [InlineData("client_tls_sslmode = require", "1:22: client_tls_sslmode: needs client_tls_key_file and client_tls_cert_file; set both, or write disable")]
    [InlineData("server_tls_protocols = tlsv1.4", "1:24: server_tls_protocols: 'tlsv1.4' does not fit; write tlsv1.0, tlsv1.1, tlsv1.2, tlsv1.3, secure, legacy or all")]
    public void Slip_in_a_setting_is_told_with_what_to_do(string line, string expected)
    {
        var texts = new IniTexts().With("p.ini", "[pgbouncer] " + line);
        Assert.Null(texts.Read());
        var column = int.Parse(expected.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture) + "[pgbouncer] ".Length;
        Assert.Equal($"p.ini:1:{column}:{expected.Split(':', 3)[2]}", texts.All);
    }

    [Theory]
    [InlineData("", "p.ini: has no section [pgbouncer]; write that header, if need be alone")]
    [InlineData("[pgbouncer]\n[database]\na = b\n", "p.ini:2:1: unknown section [database]; did you mean [databases]?")]
    [InlineData("[pgbouncer]\n[pools]\n", "p.ini:2:1: unknown section [pools]; there are [pgbouncer], [databases], [users] and [peers]")]
    [InlineData("[pgbouncer ]\n", "p.ini: has no section [pgbouncer]; write that header, if need be alone\n"
        + "p.ini:1:1: unknown section [pgbouncer ]; did you mean [pgbouncer]?")]
    public void Slip_in_a_section_is_told_with_what_to_do(string text, string expected)
    {
        var texts = new IniTexts().With("p.ini", text);
        Assert.Null(texts.Read());
        Assert.Equal(expected, texts.All);
    }

    [Fact]
    public void Of_a_key_that_comes_twice_the_last_counts_and_it_is_said()
    {
        var texts = new IniTexts().With("p.ini", "[pgbouncer]\nverbose = 1\nverbose = 2\n[users]\na =\na = pool_size=1\n");
        var configuration = texts.Read()!;
        Assert.Equal(2, configuration.Settings.Of(SettingTable.Verbose));
        Assert.Equal(1, Assert.Single(configuration.Users).PoolSize);
        Assert.Equal(
            """
            p.ini:3:1: notice: verbose: written twice (first at p.ini:2:1); this one counts
            p.ini:6:1: notice: users.a: written twice (first at p.ini:5:1); this one counts
            """,
            texts.All);
    }

    [Fact]
    public void Section_that_opens_again_begins_with_the_defaults()
    {
        var texts = new IniTexts()
            .With("p.ini", "[pgbouncer]\nmax_client_conn = 7\nlisten_port = 1\nauth_user = kept\n%include more.ini\n")
            .With("more.ini", "[pgbouncer]\nlisten_port = 2\n");
        var settings = texts.Read()!.Settings;
        Assert.Equal(100, settings.Of(SettingTable.MaxClientConn));
        Assert.Equal(2, settings.Of(SettingTable.ListenPort));
        Assert.Equal("kept", settings.Of(SettingTable.AuthUser));
        Assert.Equal(
            "more.ini:1:1: warning: [pgbouncer] opens again and, as in PgBouncer, puts back to its default what was set "
            + "before: listen_port, max_client_conn; join the two",
            texts.All);
    }

    [Fact]
    public void Missing_file_is_one_sentence()
    {
        var texts = new IniTexts();
        Assert.Null(texts.Read());
        Assert.Equal("p.ini: there is no file p.ini", texts.All);
    }
}
