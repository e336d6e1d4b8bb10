using Router.Protocol.Authentication;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;

namespace Router.Proxy.Tests.Integration;

/// <summary>A pool of transactions over two connections, where no ordinary request may take longer than a second.</summary>
public sealed class ReplicationServer : RealServer
{
    protected override ProxyOptions Options => new()
    {
        Pool = new PoolOptions
        {
            Mode = PoolMode.Transaction,
            PoolSize = 2,
            Authentication = AuthType.Trust,
            AdminUsers = ["postgres"],
            QueryTimeout = TimeSpan.FromSeconds(1),
            TransactionTimeout = TimeSpan.FromSeconds(1),
            ClientIdleTimeout = TimeSpan.FromSeconds(1),
            Users = new UserList(new[] { "postgres", "plain" }
                .Select(static name => KeyValuePair.Create(name, StoredPassword.Parse("")))),
        },
    };

    protected override int Loops => 1;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _ = await DirectAsync("CREATE ROLE plain LOGIN; CREATE TABLE written (id int PRIMARY KEY)");
    }

    /// <summary>Runs SQL at the server itself; the output without the last line end.</summary>
    public async Task<string> DirectAsync(string sql) =>
        (await RunAsync("psql", $"-XAtq -v ON_ERROR_STOP=1 -p {Port}", sql)).TrimEnd('\n');

    /// <summary>Columns <c>replication</c> of a SHOW of connections.</summary>
    public async Task<string[]> KindsAsync(string what)
    {
        var rows = (await RunAsync("psql", $"-XAtq -d pgbouncer -c \"SHOW {what}\"")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. rows.Select(static row => row.Split('|')[3]).Order()];
    }
}
