using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Command.Tests.Configuration.PgBouncer;

/// <summary>What the pgbouncer of this machine takes or refuses, this reader does too.</summary>
[Trait("Category", "Integration")]
public sealed class RealPgBouncerTests : IDisposable
{
    /// <summary>Defaults that have changed since PgBouncer 1.18, and the one that a distribution sets.</summary>
    private static readonly string[] ChangedSince =
        ["client_tls_ciphers", "server_tls_ciphers", "server_tls_sslmode", "server_check_query", "auth_query", "unix_socket_dir", "conffile"];

    private readonly RealPgBouncer _real = new();
    private readonly Findings _findings = new();

    public void Dispose() => _real.Dispose();

    [Theory]
    [InlineData(true, "")]
    [InlineData(true, "max_client_conn = 0x10\nquery_timeout = 1.5\nlog_connections = 2\npool_mode = STATEMENT\nunix_socket_mode = 0770\n")]
    [InlineData(true, "# comment\n\n ; another\n  verbose\t=  0  \n[databases] a = host=x\n[databases]\na = port=1\nb =\n")]
    [InlineData(true, "[databases]\na = host = b password='it''s a' dbname=c\nc = pool_size=20, min_pool_size=-1 port=54x\n* = nonsense\n")]
    [InlineData(true, "[users]\nu =\nv = pool_mode=session max_user_connections=3\n[users]\n")]
    [InlineData(true, "%include good.ini\nverbose = 0\n%include empty.ini\n")]
    [InlineData(true, "%include chain10\n")]
    [InlineData(true, "query_timeout = 0x10\nquery_wait_timeout = 1e1\npkt_buf = 75\n")]
    [InlineData(true, "server_tls_sslmode = require\nserver_tls_protocols = all, !tlsv1.0:TLSv1.3\n")]
    [InlineData(true, "client_tls_protocols = tlsv1.4\nauth_file = /nonexistent\nauth_type = hba\n")]
    [InlineData(true, "[databases]\na = host='b'x port=1\n = host=b\n")]
    [InlineData(true, "admin_users = a, b\nadmin_users = c\n")]
    [InlineData(false, "%include chain11\n")]
    [InlineData(false, "%include round\n")]
    [InlineData(false, "%include none.ini\n")]
    [InlineData(false, "max_clients = 1\n")]
    [InlineData(false, "max_client_conn = 10k\n")]
    [InlineData(false, "max_client_conn = 08\n")]
    [InlineData(false, "max_client_conn =\n")]
    [InlineData(false, "query_timeout = 10s\n")]
    [InlineData(false, "query_timeout = -1\n")]
    [InlineData(false, "log_connections = yes\n")]
    [InlineData(false, "pool_mode = tx\n")]
    [InlineData(false, "auth_type = password\n")]
    [InlineData(false, "verbose\n")]
    [InlineData(false, "ver bose = 1\n")]
    [InlineData(false, "= 1\n")]
    [InlineData(false, "[pools]\n")]
    [InlineData(false, "[databases\n")]
    [InlineData(false, "[databases]\na = host\n")]
    [InlineData(false, "[databases]\na = host=\n")]
    [InlineData(false, "[databases]\na = password=''\n")]
    [InlineData(false, "[databases]\na = password='b\n")]
    [InlineData(false, "[databases]\na = port=0\n")]
    [InlineData(false, "[databases]\na = pool_mode=tx\n")]
    [InlineData(false, "[databases]\na = hots=b\n")]
    [InlineData(false, "[databases]\npgbouncer =\n")]
    [InlineData(false, "[databases]\n\"a b\" =\n")]
    [InlineData(false, "[users]\nu = max_db_connections=1\n")]
    [InlineData(false, "client_tls_sslmode = require\n")]
    [InlineData(false, "server_tls_sslmode = require\nserver_tls_protocols = tlsv1.2 ,tlsv1.3\n")]
    [InlineData(false, "auth_type = cert\n")]
    [InlineData(false, "[databases]\na = host='b'port=1\n")]
    [InlineData(false, "server_tls_sslmode = require\nserver_tls_protocols = tlsv1.4\n")]
    public async Task File_is_taken_or_refused_as_by_pgbouncer(bool isGood, string rest)
    {
        WriteIncluded();
        Write("p.ini", $"[pgbouncer]\nunix_socket_dir = {_real.Directory}\nlisten_port = 6432\n{rest}");
        Assert.True(isGood == await _real.StartsAsync("p.ini"), _real.Said);
        Assert.True(isGood == Load("p.ini") is not null, string.Join('\n', _findings.All));
    }

    [Theory]
    [InlineData("[databases]\n")]
    [InlineData("early = 1\n[pgbouncer]\n")]
    [InlineData("")]
    public async Task File_without_its_section_is_refused_as_by_pgbouncer(string text)
    {
        Write("p.ini", text);
        Assert.False(await _real.StartsAsync("p.ini"), _real.Said);
        Assert.Null(Load("p.ini"));
    }

    [Fact]
    public async Task Settings_have_the_names_defaults_and_values_of_the_console()
    {
        Write("p.ini", $"""
            [pgbouncer]
            max_client_conn = 7
            %include set.ini
            unix_socket_dir = {_real.Directory}
            auth_user = kept
            [databases]
            [pgbouncer]
            unix_socket_dir = {_real.Directory}
            %include set.ini
            """);
        Write("set.ini", """
            query_timeout = 1.5
            server_lifetime = 604800
            pool_mode = Transaction
            default_pool_size = 0x10
            unix_socket_mode = 0750
            auth_type = TRUST
            admin_users = a
            log_stats = 0

            """);
        Assert.True(await _real.StartsAsync("p.ini"), _real.Said);
        var settings = Load("p.ini")!.Settings;
        var rows = (await _real.AskAsync("show config")).Select(row => row.Split('\t')).ToArray();
        Assert.True(rows.Length > 80);
        Assert.All(rows, row =>
        {
            var setting = SettingTable.Find(row[0]);
            Assert.True(setting is not null, row[0]);
            Assert.Equal((row[0], row[3]), (row[0], setting.IsReloadable ? "yes" : "no"));
            if (!ChangedSince.Contains(row[0]))
            {
                Assert.Equal((row[0], row[2]), (row[0], setting.Default ?? ""));
                Assert.Equal((row[0], row[1]), (row[0], settings.Show(setting) ?? ""));
            }
        });
    }

    private void WriteIncluded()
    {
        Write("good.ini", "log_stats = 0\n");
        Write("empty.ini", "");
        Write("round", $"%include {_real.PathOf("round")}\n");
        foreach (var depth in (int[])[10, 11])
        {
            for (var level = 1; level < depth; level++)
            {
                Write($"chain{depth}.{level}", $"%include {Link(depth, level + 1)}\n");
            }

            Write($"chain{depth}.{depth}", "log_stats = 0\n");
        }
    }

    private string Link(int depth, int level) => _real.PathOf($"chain{depth}.{level}");

    /// <summary>Included files are named by their whole path, since the two processes work in different directories.</summary>
    private void Write(string name, string text)
    {
        foreach (var file in (string[])["good.ini", "empty.ini", "none.ini", "set.ini", "round"])
        {
            text = text.Replace($"%include {file}", $"%include {_real.PathOf(file)}", StringComparison.Ordinal);
        }

        text = text.Replace("%include chain10\n", $"%include {Link(10, 1)}\n", StringComparison.Ordinal)
            .Replace("%include chain11\n", $"%include {Link(11, 1)}\n", StringComparison.Ordinal);
        File.WriteAllText(_real.PathOf(name), text);
    }

    private PgBouncerConfiguration? Load(string name) => PgBouncerIni.Load(_real.PathOf(name), _findings);
}
