using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Options;
using Router.Postgres.Processes;

namespace Router.Postgres.Tests.Instance;

/// <summary>A member with a data directory of its own under /tmp and a free port, driven by a real LocalPostgres.</summary>
internal sealed class ScratchMember : IAsyncDisposable
{
    public const string Config = """{"postgresql": {"parameters": {"max_connections": 30, "wal_keep_size": "64MB"}}}""";

    public ScratchMember(string name, Func<PostgresOptions, PostgresOptions>? adjust = null)
    {
        Root = Directory.CreateTempSubdirectory("postgres-").FullName;
        var port = FreePort();
        var options = new PostgresOptions
        {
            Name = new MemberName(name),
            Scope = "scratch",
            DataDirectory = Path.Combine(Root, "data"),
            ListenAddresses = ["127.0.0.1"],
            Port = port,
            ConnectAddress = new MemberAddress("127.0.0.1", port),
            Superuser = new PostgresCredentials("admin", "secret:with'odd\\letters"),
            Replication = new PostgresCredentials("replicator", "rep-pass"),
            Rewind = new PostgresCredentials("rewinder", "rew-pass"),
            BinDirectory = "/usr/lib/postgresql/15/bin",
            PassFile = Path.Combine(Root, "pgpass"),
            StartTimeout = TimeSpan.FromSeconds(60),
            Parameters =
            [
                new("fsync", "off"), new("shared_buffers", "8MB"), new("unix_socket_directories", Root),
                new("log_statement", "all"),
            ],
        };
        Options = adjust?.Invoke(options) ?? options;
        Postgres = Create();
    }

    public string Root { get; }

    public PostgresOptions Options { get; }

    public LocalPostgres Postgres { get; private set; }

    public FollowTarget Target => new(Options.Name, Options.ConnectAddress, null);

    public int PostmasterPid => LockFile.Parse(File.ReadAllText(Path.Combine(Options.DataDirectory, LockFile.Name)))!.Pid;

    /// <summary>A new cluster that runs.</summary>
    public static async Task<ScratchMember> BootstrapAsync(
        string name, Func<PostgresOptions, PostgresOptions>? adjust = null)
    {
        var member = new ScratchMember(name, adjust);
        await Succeeds(member.Postgres.ConfigureAsync(Config, default));
        await Succeeds(member.Postgres.BootstrapAsync(default));
        return member;
    }

    /// <summary>A copy of another member that streams from it.</summary>
    public static async Task<ScratchMember> CloneAsync(string name, ScratchMember source)
    {
        var member = new ScratchMember(name);
        await Succeeds(member.Postgres.ConfigureAsync(Config, default));
        await Succeeds(member.Postgres.CloneAsync(source.Target, default));
        await Succeeds(member.Postgres.StartAsStandbyAsync(source.Target, default));
        return member;
    }

    public static async Task<string> Succeeds(Task<InstanceResult> operation)
    {
        var result = await operation;
        Assert.True(result.IsSuccess, result.Reason);
        return result.Reason;
    }

    /// <summary>As a restarted agent: a new object over the same directory.</summary>
    public async Task ReplaceAgentAsync()
    {
        await Postgres.DisposeAsync();
        Postgres = Create();
    }

    public Task<PostgresFacts> ProbeAsync() => Postgres.ProbeAsync(default);

    public async Task<PostgresFacts> UntilAsync(Func<PostgresFacts, bool> condition, string expected)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var facts = await ProbeAsync();
            if (condition(facts))
            {
                return facts;
            }

            Assert.False(bound.IsCancellationRequested, $"not within 60 s: {expected}; last seen {facts}");
            await Task.Delay(50);
        }
    }

    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Options.Port,
        Username = Options.Superuser.UserName,
        Password = Options.Superuser.Password,
        Database = "postgres",
        Pooling = false,
        Timeout = 30,
    }.ConnectionString;

    public async Task<string> SqlAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        _ = await Postgres.ProbeAsync(default);
        _ = await Postgres.FenceAsync(default);
        await Postgres.WaitForExitAsync(default);
        await Postgres.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    private LocalPostgres Create() => new(Options, TimeProvider.System, NullLogger.Instance);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
