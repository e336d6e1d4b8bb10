using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Router.Proxy.Authentication;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Integration;

/// <summary>Real clients over TLS to a proxy, and by its TLS to a real server that takes nothing else.</summary>
[Trait("Category", "Integration")]
public sealed class SecuredClientTests(SecuredServer server) : IClassFixture<SecuredServer>
{
    private const string Pgpass = $"user=by_scram password='{SecuredServer.Password}'";

    [Theory]
    [InlineData("require")]
    [InlineData("prefer")]
    [InlineData("verify-ca")]
    [InlineData("verify-full")]
    public async Task Libpq_logs_in_bound_to_the_channel(string mode) => Assert.Equal(
        "t|TLSv1.3|by_scram\n",
        await Psql(
            $"sslmode={mode} channel_binding=require",
            "SELECT ssl, version, current_user FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));

    [Fact]
    public async Task Libpq_in_clear_is_refused()
    {
        var (exitCode, _, error) = await server.TryRunAsync("psql", $"-X \"{Pgpass} sslmode=disable\" -c \"SELECT 1\"");
        Assert.Equal(2, exitCode);
        Assert.Contains("connections without TLS are not allowed", error, StringComparison.Ordinal);
        Assert.Contains("sslmode=require", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Libpq_does_not_take_another_authority()
    {
        using var stranger = new TestCertificates();
        var (exitCode, _, error) = await server.TryRunAsync(
            "psql", $"-X \"{Pgpass} sslmode=verify-ca sslrootcert={stranger.CaFile}\" -c \"SELECT 1\"");
        Assert.Equal(2, exitCode);
        Assert.Contains("SSL", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("prepared")]
    public async Task Pgbench_works_through_both_legs(string mode)
    {
        var table = "accounts_" + mode;
        await server.Postgres.ScalarAsync(
            $"CREATE TABLE {table} AS SELECT i AS aid, 0 AS balance FROM generate_series(1, 100) i; GRANT ALL ON {table} TO by_scram");
        var script = server.Certificates.Path(mode + ".sql");
        await File.WriteAllTextAsync(script, $"\\set aid random(1, 100)\nUPDATE {table} SET balance = balance + 1 WHERE aid = :aid;\n");
        var report = await server.RunAsync(
            "pgbench", $"-n -M {mode} -c 16 -j 2 -t 50 -f {script} \"{Pgpass} dbname=postgres sslmode=require\"");
        Assert.Contains("number of transactions actually processed: 800/800", report, StringComparison.Ordinal);
        Assert.Equal("800", await server.Postgres.ScalarAsync($"SELECT sum(balance) FROM {table}"));
    }

    [Fact]
    public async Task Large_results_and_copies_pass_whole()
    {
        var sum = await Psql("sslmode=require", "SELECT md5(string_agg(repeat(i::text, 50), ',' ORDER BY i)) FROM generate_series(1, 40000) i");
        var rows = await Psql("sslmode=require", "COPY (SELECT repeat(i::text, 50) FROM generate_series(1, 40000) i) TO STDOUT");
        var joined = string.Join(',', rows.Split('\n', StringSplitOptions.RemoveEmptyEntries));
#pragma warning disable CA5351 // PostgreSQL's own checksum function.
        var seen = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.ASCII.GetBytes(joined)));
#pragma warning restore CA5351
        Assert.Equal(sum.TrimEnd('\n'), seen);
    }

    [Fact]
    public async Task Npgsql_works_and_verifies()
    {
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Username = "by_scram",
            Password = SecuredServer.Password,
            SslMode = SslMode.VerifyFull,
            RootCertificate = server.Certificates.CaFile,
            ChannelBinding = ChannelBinding.Require,
            NoResetOnClose = true,
            Pooling = true,
        };
        await using var source = NpgsqlDataSource.Create(connection);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            await using var session = await source.OpenConnectionAsync();
            await using var query = new NpgsqlCommand("SELECT $1 + 1", session);
            query.Parameters.Add(new NpgsqlParameter { Value = i });
            Assert.Equal(i + 1, await query.ExecuteScalarAsync());
        }));
    }

    [Fact]
    public async Task Psql_cancels_its_query_over_both_legs()
    {
        using var psql = server.Start("psql", $"-X \"{Pgpass} dbname=postgres sslmode=require\" -c \"SELECT pg_sleep(61)\"");
        while (await server.Postgres.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(61)'") != "1")
        {
            Assert.False(psql.HasExited);
        }

        using (var kill = Process.Start("kill", $"-INT {psql.Id}"))
        {
            await kill.WaitForExitAsync();
        }

        var error = await psql.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("canceling statement due to user request", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Console_tells_what_a_connection_is_secured_by()
    {
        _ = await Psql("sslmode=require", "SELECT 1");
        var servers = await server.RunAsync(
            "psql", $"-XAt \"{Pgpass} dbname=pgbouncer sslmode=require\" -c \"SHOW SERVERS\"");
        Assert.Contains("TLSv1.3/TLS_AES_256_GCM_SHA384", servers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_log_in_where_they_are_asked_for()
    {
        var options = server.Secured;
        await using var proxy = new ProxyHarness(options with
        {
            ClientTls = server.ClientTls with { Mode = TlsMode.VerifyFull },
            Pool = options.Pool! with { Authentication = AuthType.Cert },
        });
        proxy.Views.PublishPrimary("a", server.Port);
        Assert.Equal("by_certificate\n", await WithCertificateAsync(proxy, "by_certificate", "by_certificate"));
        Assert.Contains(
            "certificate authentication failed for user \"by_scram\"",
            await WithCertificateAsync(proxy, "by_scram", "by_certificate"), StringComparison.Ordinal);
        Assert.Contains(
            "certificate required", await WithCertificateAsync(proxy, "by_scram", null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSSL_begins_by_the_request_and_directly()
    {
        foreach (var how in new[] { "-starttls postgres", "-alpn postgresql" })
        {
            using var client = Process.Start(new ProcessStartInfo(
                "openssl",
                $"s_client {how} -connect 127.0.0.1:{server.Proxy.Primary.Port} -CAfile {server.Certificates.CaFile} -verify_return_error")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            client.StandardInput.Close();
            var output = await client.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Contains("Verify return code: 0 (ok)", output, StringComparison.Ordinal);
            Assert.Contains("TLSv1.3", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_logs_in_at_the_server_itself_through_TLS_that_ends_here()
    {
        await using var proxy = new ProxyHarness(server.Secured with { Pool = null });
        proxy.Views.PublishPrimary("a", server.Port);
        Assert.Equal("by_scram\n", await OnAsync(proxy, $"{Pgpass} sslmode=require channel_binding=disable"));

        // In clear to the proxy, which must not pass on an offer that only TLS could take.
        await using var open = new ProxyHarness(server.Secured with { Pool = null, ClientTls = TlsOptions.Disabled });
        open.Views.PublishPrimary("a", server.Port);
        Assert.Equal("by_scram\n", await OnAsync(open, $"{Pgpass} sslmode=prefer"));
    }

    private Task<string> Psql(string options, string sql) => server.RunAsync(
        "psql", $"-XAt \"{Pgpass} dbname=postgres sslrootcert={server.Certificates.CaFile} {options}\" -c \"{sql}\"");

    private Task<string> WithCertificateAsync(ProxyHarness proxy, string user, string? certificate) => OnAsync(
        proxy,
        $"user={user} sslmode=require"
        + (certificate is null
            ? " sslcert=/nowhere"
            : $" sslcert={server.Certificates.Path(certificate + ".pem")} sslkey={server.Certificates.Path(certificate + ".key")}"));

    /// <summary>What psql says.</summary>
    private async Task<string> OnAsync(ProxyHarness proxy, string connection)
    {
        var port = proxy.Primary.Port.ToString(CultureInfo.InvariantCulture);
        var (_, output, error) = await server.TryRunAsync(
            "psql", $"-XAt \"port={port} dbname=postgres {connection}\" -c \"SELECT current_user\"");
        return output + error;
    }
}
