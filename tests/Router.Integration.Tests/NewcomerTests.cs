using System.Diagnostics;
using Router.Demo;

namespace Router.Integration.Tests;

/// <summary>
/// Three machines with the smallest file that Patroni's newcomers begin with, and a fourth one for the store: the cluster
/// comes up, and a member that is cut off is no primary any more before another one is.
/// </summary>
[Trait("Category", "Integration")]
public sealed class NewcomerTests : IAsyncLifetime
{
    private const int StoreHost = 4;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly List<Process> _started = [];
    private string _directory = "";
    private TestNetwork? _network;

    public Task InitializeAsync()
    {
        _directory = Directory.CreateTempSubdirectory("router-newcomer-").FullName;
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        MemberProcesses.KillAll(_directory);
        _started.ForEach(process => process.Dispose());
        if (_network is not null)
        {
            await _network.DisposeAsync();
        }

        while (MemberProcesses.Find(_directory).Count > 0)
        {
            MemberProcesses.KillAll(_directory);
            await Task.Delay(100);
        }

        Directory.Delete(_directory, recursive: true);
    }

    [RootFact]
    public async Task Smallest_file_makes_a_cluster_and_a_member_cut_off_is_no_primary()
    {
        _network = await TestNetwork.CreateAsync(hosts: 4);
        await StartAsync(StoreHost, "etcd", "--data-dir", Home(StoreHost) + "/etcd",
            "--listen-client-urls", $"http://{TestNetwork.Address(StoreHost)}:2379",
            "--advertise-client-urls", $"http://{TestNetwork.Address(StoreHost)}:2379");
        for (var host = 1; host <= 3; host++)
        {
            await StartAgentAsync(host);
        }

        await UntilAsync("a leader and two replicas", async () =>
            await PatronictlAsync("list") is var list && Count(list, "Leader") == 1 && Count(list, "Replica") == 2
            && Count(list, "running") == 3);
        Assert.Equal("150", await AskAsync(await LeaderAsync(), "SHOW max_connections"));
        await PatronictlAsync("edit-config", "pg_cluster", "--force", "-s", "ttl=10", "-s", "loop_wait=2",
            "-s", "retry_timeout=3", "-s", "postgresql.use_pg_rewind=true");
        var old = await LeaderAsync();

        await _network.CutAsync(old);

        var primariesMax = 0;
        await UntilAsync("another member leads", async () =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(1, 3).Select(IsPrimaryAsync));
            primariesMax = Math.Max(primariesMax, answers.Count(isPrimary => isPrimary));
            return answers[old - 1] is false && answers.Any(isPrimary => isPrimary);
        });
        Assert.True(primariesMax <= 1, $"{primariesMax} members took writes at one time");

        await _network.HealAsync(old);
        await UntilAsync("the member that was cut off follows", async () =>
            await PatronictlAsync("list") is var list && Count(list, "Replica") == 2 && Count(list, "running") == 3);
        Assert.NotEqual(old, await LeaderAsync());
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    private string Home(int host) => Path.Combine(_directory, $"host-{host}");

    private async Task StartAgentAsync(int host)
    {
        var address = TestNetwork.Address(host);
        Directory.CreateDirectory(Home(host));
        await File.WriteAllTextAsync(Path.Combine(Home(host), "patroni.yml"), $"""
            scope: pg_cluster
            name: db-node-0{host}
            restapi:
              listen: {address}:8008
              connect_address: {address}:8008
            etcd:
              host: {TestNetwork.Address(StoreHost)}:2379
            postgresql:
              listen: {address}:5432
              connect_address: {address}:5432
              data_dir: {Home(host)}/data
              authentication:
                replication:
                  username: replicator
                  password: newcomer-1
                superuser:
                  username: postgres
                  password: newcomer-2
              parameters:
                max_connections: 150
                shared_buffers: 512MB
                wal_level: replica
                hot_standby: on

            """);
        await StartAsync(host, [.. RouterCommand.Router, "agent", Path.Combine(Home(host), "patroni.yml")]);
    }

    private async Task StartAsync(int host, params string[] command)
    {
        Directory.CreateDirectory(Home(host));
        using (var chown = Process.Start("chown", ["postgres:", Home(host)]))
        {
            await chown.WaitForExitAsync();
        }

        _started.Add(RouterCommand.StartAsIs(
            Path.Combine(Home(host), "log"), _network!.On(host, Home(host), command)));
    }

    private async Task<string> PatronictlAsync(params string[] arguments)
    {
        var file = Path.Combine(_directory, "patronictl.yml");
        await File.WriteAllTextAsync(
            file, $"scope: pg_cluster\netcd3:\n  host: {TestNetwork.Address(StoreHost)}:2379\n");
        return (await RouterCommand.RunAsIsAsync(
            _network!.On(StoreHost, Home(StoreHost), ["patronictl", "-c", file, .. arguments]))).Output;
    }

    private async Task<int> LeaderAsync()
    {
        var line = (await PatronictlAsync("list")).Split('\n').First(l => l.Contains("Leader", StringComparison.Ordinal));
        return line[line.IndexOf("db-node-0", StringComparison.Ordinal) + "db-node-0".Length] - '0';
    }

    private async Task<bool> IsPrimaryAsync(int host) => await AskAsync(host, "SELECT pg_is_in_recovery()") == "f";

    /// <summary>Asked from the host itself, so that a cut link hides nothing; null where there is no answer.</summary>
    private async Task<string?> AskAsync(int host, string sql)
    {
        var (exitCode, output) = await RouterCommand.RunAsIsAsync(_network!.On(
            host, Home(host), "env", "PGPASSWORD=newcomer-2", "PGCONNECT_TIMEOUT=2", "psql", "-h", TestNetwork.Address(host),
            "-U", "postgres", "-d", "postgres", "-At", "-c", sql));
        return exitCode == 0 ? output.Trim() : null;
    }

    private async Task UntilAsync(string expected, Func<Task<bool>> condition)
    {
        var begun = Stopwatch.StartNew();
        while (!await condition())
        {
            if (begun.Elapsed > Bound)
            {
                var logs = Enumerable.Range(1, 3).Select(host => Path.Combine(Home(host), "log")).Where(File.Exists)
                    .Select(log => $"--- {log}\n{string.Join('\n', File.ReadLines(log).TakeLast(25))}");
                throw new TimeoutException($"expected: {expected}\n{await PatronictlAsync("list")}\n{string.Join('\n', logs)}");
            }

            await Task.Delay(200);
        }
    }
}
