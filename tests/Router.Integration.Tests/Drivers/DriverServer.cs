using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Router.Integration.Tests.Bouncer;
using Router.Testing.Proxy;

namespace Router.Integration.Tests.Drivers;

/// <summary>
/// A PostgreSQL, and a pool of two server connections that are lent in turn and are replaced all the time, so that a client
/// has another one again and again. Beside the client under test another one does what could be in its way.
/// </summary>
public sealed class DriverServer : IAsyncLifetime
{
    /// <summary>Reached without the pool, and by it: the scripts may run at the same time.</summary>
    public const string DirectDatabase = "direct";

    public const string PooledDatabase = "pooled";

    /// <summary>Names that drivers give their first statements.</summary>
    private static readonly string[] Names = ["_pg3_0", "__asyncpg_stmt_1__", "S_1", "by id", "_p1", "P_0", "a1"];

    private readonly BouncerServer _server = new();
    private readonly CancellationTokenSource _stopping = new();
    private PoolerProcess _pooler = null!;
    private Task _churning = Task.CompletedTask;

    public int DirectPort => _server.Port;

    public int PooledPort => _pooler.Port;

    /// <summary>What the pooler said last, without what it says of every connection.</summary>
    public string Log => string.Join(
        '\n',
        _pooler.Log.Split('\n')
            .Where(static line => !line.Contains("client close request", StringComparison.Ordinal)
                && !line.Contains("login attempt", StringComparison.Ordinal) && !line.Contains(" S-", StringComparison.Ordinal)
                && !line.Contains("RECONNECT", StringComparison.Ordinal))
            .TakeLast(30));

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _ = await _server.Postgres.ScalarAsync($"CREATE DATABASE {DirectDatabase} OWNER app");
        _ = await _server.Postgres.ScalarAsync($"CREATE DATABASE {PooledDatabase} OWNER app");
        _pooler = await _server.StartRouterAsync(
            "pool_mode = transaction\ndefault_pool_size = 2\nserver_round_robin = 1",
            $"{PooledDatabase} = host=127.0.0.1 port={_server.Port}");
        _churning = Task.WhenAll(ChurnAsync(), ReconnectAsync());
    }

    public async Task DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _churning;
        _pooler.Dispose();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>The client beside is as it should be: throws what went wrong with it.</summary>
    public async Task CheckChurnAsync()
    {
        if (_churning.IsCompleted)
        {
            await _churning;
        }
    }

    /// <summary>
    /// The JavaScript drivers, installed by npm at the versions of the lock file, once for each such file; their
    /// <c>node_modules</c>.
    /// </summary>
    public static async Task<string> InstallNodeModulesAsync(string sources)
    {
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(sources, "package-lock.json"));
        var place = Path.Combine(Path.GetTempPath(), "router-drivers-" + Convert.ToHexString(SHA256.HashData(lockFile))[..16]);
        var modules = Path.Combine(place, "node_modules");
        if (Directory.Exists(modules))
        {
            return modules;
        }

        var fresh = Directory.CreateTempSubdirectory("router-drivers-").FullName;
        File.Copy(Path.Combine(sources, "package.json"), Path.Combine(fresh, "package.json"));
        await File.WriteAllBytesAsync(Path.Combine(fresh, "package-lock.json"), lockFile);
        var (exitCode, output) = await RouterCommand.RunAsIsAsync(
            "npm", "ci", "--prefix", fresh, "--ignore-scripts", "--no-audit", "--no-fund");
        Assert.True(exitCode == 0, output);
        Directory.Move(fresh, place);
        return modules;
    }

    /// <summary>Runs a program with libpq's environment for one of the two ways.</summary>
    public async Task<DriverRun> RunAsync(bool isPooled, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        using var program = Start(isPooled, environment, command);
        return await DriverRun.OfAsync(program);
    }

    /// <summary>The same, while it runs.</summary>
    public Process Start(bool isPooled, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment["PGHOST"] = "127.0.0.1";
        start.Environment["PGPORT"] = $"{(isPooled ? PooledPort : DirectPort)}";
        start.Environment["PGUSER"] = "app";
        start.Environment["PGDATABASE"] = isPooled ? PooledDatabase : DirectDatabase;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Has the server connections replaced, each when it comes back.</summary>
    private async Task ReconnectAsync()
    {
        using var console = await WirePeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, PooledPort));
        await console.LogInAsync("admin", database: "pgbouncer");
        while (!_stopping.IsCancellationRequested)
        {
            await console.QueryAsync("RECONNECT");
            Assert.Equal('C', (await console.ReadAsync()).Type);
            Assert.Equal('Z', (await console.ReadAsync()).Type);
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Other settings, other statements under the same names, and its own answers to itself.</summary>
    private async Task ChurnAsync()
    {
        using var peer = await WirePeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, PooledPort));
        await peer.LogInAsync("app", database: PooledDatabase);
        await AskAsync("SET search_path = churn");
        await AskAsync("SET TimeZone = 'America/Lima'; SET DateStyle = 'SQL, DMY'; SET application_name = 'churn'");
        await AskAsync("SET statement_timeout = '77s'");
        for (var round = 0; !_stopping.IsCancellationRequested; round++)
        {
            var name = Names[round % Names.Length];
            await peer.SendAsync(writer =>
            {
                if (round < Names.Length)
                {
                    writer.Begin((byte)'P').Text(name).Text($"SELECT 'churn {name}'").Int16(0).End();
                }

                writer.Begin((byte)'B').Text("").Text(name).Int16(0).Int16(0).Int16(0).End();
                writer.Begin((byte)'E').Text("").Int32(0).End();
                writer.Begin((byte)'S').End();
            });
            Assert.Equal($"churn {name}", await ReadValueAsync());
            Assert.Equal("churn America/Lima 77s", await AskAsync(
                "SELECT concat_ws(' ', current_setting('search_path'), current_setting('TimeZone'), current_setting('statement_timeout'))"));
            await Task.Delay(TimeSpan.FromMilliseconds(2));
        }

        async Task<string?> AskAsync(string sql)
        {
            await peer.QueryAsync(sql);
            return await ReadValueAsync();
        }

        async Task<string?> ReadValueAsync()
        {
            string? value = null;
            while (await peer.ReadAsync() is var message and not { Type: 'Z' })
            {
                Assert.NotEqual('E', message.Type);
                value = message.Type == 'D' ? System.Text.Encoding.UTF8.GetString(message.Body.AsSpan(6)) : value;
            }

            return value;
        }
    }
}
