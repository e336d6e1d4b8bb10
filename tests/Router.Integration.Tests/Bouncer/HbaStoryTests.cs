using Router.Testing;

namespace Router.Integration.Tests.Bouncer;

/// <summary>An HBA file and its maps beyond what PgBouncer 1.18 has: accounts, certificates, reloads, bad files.</summary>
[Trait("Category", "Integration")]
public sealed class HbaStoryTests(BouncerServer server) : IClassFixture<BouncerServer>, IDisposable
{
    private const int HangUp = 1;

    private readonly TestCertificates _certificates = new();

    private string Settings => $"""
        auth_type = hba
        auth_hba_file = {_certificates.Path("hba")}
        auth_ident_file = {_certificates.Path("ident")}
        """;

    [Fact]
    public async Task An_account_logs_in_by_a_unix_socket_as_those_its_map_names()
    {
        using var pooler = await StartAsync(
            "local all app,stats peer map=accounts\nlocal all ghost peer map=anybody\nlocal all admin peer\n"
                + "host all admin 127.0.0.1/32 trust\n",
            $"accounts /^({Environment.UserName})$ app\naccounts nobody stats\nanybody {Environment.UserName} all\n");
        Assert.Equal(0, (await pooler.PsqlAsync("app", "db2", "SELECT 1", host: pooler.Directory)).ExitCode);

        // Whom no list has is nobody, whatever account comes.
        Assert.Contains("unix socket login rejected", (await pooler.PsqlAsync("ghost", "db2", "SELECT 1", host: pooler.Directory)).Output, StringComparison.Ordinal);
        Assert.Contains("unix socket login rejected", (await pooler.PsqlAsync("stats", "pgbouncer", "SHOW POOLS", host: pooler.Directory)).Output, StringComparison.Ordinal);
        Assert.Contains("unix socket login rejected", (await pooler.PsqlAsync("admin", "pgbouncer", "SHOW POOLS", host: pooler.Directory)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_account_of_the_process_is_on_the_console_whatever_the_file_says()
    {
        using var pooler = await StartAsync("local all all reject\nhost all admin 127.0.0.1/32 trust\n");
        var (exitCode, output) = await RouterCommand.RunAsync(
            "psql", "-XAt", "-c", "SHOW VERSION", $"host={pooler.Directory} port={pooler.Port} user=pgbouncer dbname=pgbouncer");
        Assert.True(exitCode == 0, output);
        Assert.Contains("login rejected", (await pooler.PsqlAsync("app", "pgbouncer", "SHOW POOLS", host: pooler.Directory)).Output, StringComparison.Ordinal);
        if (Environment.IsPrivilegedProcess)
        {
            // The tests run as another account than the pooler.
            Assert.Contains("login rejected", (await pooler.PsqlAsync("pgbouncer", "pgbouncer", "SHOW POOLS", host: pooler.Directory)).Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_logs_in_as_those_its_map_names_and_may_be_demanded_beside_a_password()
    {
        foreach (var name in new[] { "app", "app@example.com", "other" })
        {
            _certificates.Issue(name, _certificates.Path($"{name}.pem"), Path.ChangeExtension(_certificates.Path($"{name}.pem"), ".key"));
        }

        File.SetUnixFileMode(_certificates.KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        using var pooler = await StartAsync("""
            hostssl settings app   all cert map=mail
            hostssl db1      app   all cert
            hostssl db2      app   all password clientcert=verify-full
            hostssl db2      stats all password clientcert=verify-ca
            local   all      admin     trust
            """, "mail \"/^(.*)@example\\.com$\" \\1\n", $"""
            client_tls_sslmode = verify-full
            client_tls_cert_file = {_certificates.CertificateFile}
            client_tls_key_file = {_certificates.KeyFile}
            client_tls_ca_file = {_certificates.CaFile}
            """);
        foreach (var (login, database, certificate, words) in new[]
        {
            ("app", "db1", "app", "(1 row)"),
            ("app", "db1", "app@example.com", "certificate authentication failed"),
            ("app", "settings", "app@example.com", "(1 row)"),
            ("app", "settings", "app", "certificate authentication failed"),
            ("app:app", "db2", "app", "(1 row)"),
            ("app:wrong", "db2", "app", "password authentication failed"),
            ("app:app", "db2", "other", "certificate authentication failed"),
            ("stats:stats", "db2", "other", "(1 row)"),
        })
        {
            var (_, output) = await pooler.PsqlAsync(login, database, "SELECT 1", "require", certificate: _certificates.Path($"{certificate}.pem"));
            Assert.True(output.Contains(words, StringComparison.Ordinal), $"{login} to {database} by {certificate}: {output}");
        }
    }

    [Fact]
    public async Task A_physical_replication_connection_is_meant_by_its_own_lines_only()
    {
        using var pooler = await StartAsync("""
            host replication app   127.0.0.1/32 reject
            host all         app   127.0.0.1/32 trust
            host replication stats 127.0.0.1/32 trust
            host pgbouncer   admin 127.0.0.1/32 trust
            """);

        // Who is let in as a walsender hears from the server that he may not be one.
        const string LetIn = "must be superuser or replication role";
        foreach (var (user, replication, sql, words) in new[]
        {
            ("app", "false", "SELECT 1", "(1 row)"), ("app", "database", "SELECT 1", LetIn),
            ("app", "true", "IDENTIFY_SYSTEM", "login rejected"), ("stats", "true", "IDENTIFY_SYSTEM", LetIn),
            ("stats", "false", "SELECT 1", "no authentication method is found"),
        })
        {
            var (_, output) = await RouterCommand.RunAsync(
                "psql", "-XA", "-c", sql, $"host=127.0.0.1 port={pooler.Port} user={user} dbname=db1 replication={replication}");
            Assert.True(output.Contains(words, StringComparison.Ordinal), $"{user} with replication={replication}: {output}");
        }
    }

    [Fact]
    public async Task A_reload_reads_the_files_again_and_a_bad_one_leaves_the_former_rules_in_force()
    {
        using var pooler = await StartAsync("host all admin,app 127.0.0.1/32 trust\n");
        Assert.Equal(0, (await pooler.PsqlAsync("app", "db2", "SELECT 1")).ExitCode);
        await WriteAsync("hba", "host all admin 127.0.0.1/32 trust\nhost all app 127.0.0.1/32 reject\n");
        Assert.Equal(0, (await pooler.PsqlAsync("app", "db2", "SELECT 1")).ExitCode);
        pooler.Signal(HangUp);
        await pooler.UntilAsync(async () => (await pooler.PsqlAsync("app", "db2", "SELECT 1")).Output.Contains(
            "login rejected", StringComparison.Ordinal), "the new rules are in force");

        await WriteAsync("hba", "host all admin 127.0.0.1/32 trust\nhost all app 127.0.0.1/32 rejekt\nhost all app 127.0.0.1/32 trust\n");
        Assert.Contains("RELOAD failed", await pooler.ShowAsync("RELOAD"), StringComparison.Ordinal);
        Assert.Contains($"{_certificates.Path("hba")}:2:1: auth_hba_file: there is no method 'rejekt' here", pooler.Log, StringComparison.Ordinal);
        Assert.Contains("login rejected", (await pooler.PsqlAsync("app", "db2", "SELECT 1")).Output, StringComparison.Ordinal);

        await WriteAsync("ident", "too few\n");
        await WriteAsync("hba", "host all all 127.0.0.1/32 trust\n");
        Assert.Contains("RELOAD failed", await pooler.ShowAsync("RELOAD"), StringComparison.Ordinal);
        Assert.Contains($"{_certificates.Path("ident")}:1:1: auth_hba_file: expected three words", pooler.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SET_of_the_way_in_reads_the_files_or_fails()
    {
        await WriteAsync("hba", "host all admin 127.0.0.1/32 trust\n");
        using var pooler = await server.StartRouterAsync($"auth_hba_file = {_certificates.Path("hba")}");
        Assert.Equal(0, (await pooler.PsqlAsync("app", "db2", "SELECT 1")).ExitCode);
        await pooler.ShowAsync("SET auth_type = hba");
        Assert.Contains("no authentication method is found", (await pooler.PsqlAsync("app", "db2", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.Contains("ERROR", await pooler.ShowAsync("SET auth_hba_file = '/nowhere'"), StringComparison.Ordinal);
        Assert.Contains("auth_type|hba|", await pooler.ShowAsync("SHOW CONFIG"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_with_a_bad_line_fails_and_says_where_it_is()
    {
        await WriteAsync("hba", "local all all peer\nhost all all 127.0.0.1/8 trust\nhost all +admins all trust\n");
        await WriteAsync("ident", "");
        var ini = _certificates.Path("pgbouncer.ini");
        await File.WriteAllTextAsync(ini, $"[databases]\n* = host=127.0.0.1\n[pgbouncer]\nunix_socket_dir = /tmp\n{Settings}\n");
        foreach (var command in new[] { "pgbouncer", "check-config" })
        {
            var (exitCode, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, command, ini]);
            Assert.NotEqual(0, exitCode);
            Assert.Contains($"{_certificates.Path("hba")}:2:1: auth_hba_file: 127.0.0.1 goes beyond its mask of 8 bits", output, StringComparison.Ordinal);
            Assert.Contains($"{_certificates.Path("hba")}:3:1: auth_hba_file: '+admins'", output, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _certificates.Dispose();

    private async Task<PoolerProcess> StartAsync(string hba, string ident = "", string more = "")
    {
        await WriteAsync("hba", hba);
        await WriteAsync("ident", ident);
        return await server.StartRouterAsync($"{Settings}\n{more}");
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(_certificates.Path(file), text);
}
