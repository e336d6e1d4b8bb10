using Router.Protocol.Authentication;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;

namespace Router.Proxy.Tests.Integration;

/// <summary>
/// A real PostgreSQL behind a proxy that pools transactions over four connections. The server asks some users for their
/// passwords; the proxy asks all.
/// </summary>
public sealed class PooledServer : RealServer
{
    public const int PoolSize = 4;

    public const string Password = "two words, \"quoted\"";

    protected override ProxyOptions Options => new()
    {
        Pool = new PoolOptions
        {
            Mode = PoolMode.Transaction,
            PoolSize = PoolSize,
            Authentication = AuthType.ScramSha256,
            AdminUsers = ["postgres"],
            Users = new UserList(new[] { "postgres", "by_scram", "by_md5", "in_clear" }
                .Select(static name => KeyValuePair.Create(name, StoredPassword.Parse(Password)))),
        },
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await DirectAsync($"""
            SET password_encryption = 'scram-sha-256';
            CREATE ROLE by_scram LOGIN PASSWORD '{Password}';
            CREATE ROLE in_clear LOGIN PASSWORD '{Password}';
            SET password_encryption = 'md5';
            CREATE ROLE by_md5 LOGIN PASSWORD '{Password}';
            COPY (VALUES ('local all all trust'), ('host all by_scram all scram-sha-256'), ('host all by_md5 all md5'),
                ('host all in_clear all password'), ('host all postgres all trust'))
                TO '{await DirectAsync("SHOW hba_file")}';
            SELECT pg_reload_conf();
            """);
    }

    /// <summary>What the console says to <c>SHOW</c>.</summary>
    public Task<string> ShowAsync(string what) => RunAsync(
        "psql", $"-XAt \"dbname=pgbouncer user=postgres password='{Password.Replace("\"", "\\\"", StringComparison.Ordinal)}'\" -c \"SHOW {what}\"");

    /// <summary>Runs SQL at the server itself; the output without the last line end.</summary>
    public async Task<string> DirectAsync(string sql) =>
        (await RunAsync("psql", $"-XAtq -v ON_ERROR_STOP=1 -p {Port}", sql)).TrimEnd('\n');
}
