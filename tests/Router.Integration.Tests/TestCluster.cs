using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Router.Agent.Observation;
using Router.Demo;
using Router.Testing;

namespace Router.Integration.Tests;

/// <summary>
/// A cluster of real processes: etcd, agents with their guards and PostgreSQL servers, and the proxy in front. Owner of
/// all of them.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Scope = "story";

    private const string Password = "story-superuser";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);
    private const int Kill = 9;

    private static readonly TimeSpan MarkerPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly string _directory;
    private readonly EtcdServers _store;
    private readonly Dictionary<string, Process> _agents = [];
    private readonly HttpClient _http;
    private readonly ClusterForm _form;
    private readonly int _proxyPort;
    private Process? _proxy;

    private TestCluster(string directory, EtcdServers store, int members, int ttl, ClusterForm form)
    {
        (_directory, _store, Ttl, _form) = (directory, store, ttl, form);
        _http = MemberProbeClient.Create(form.Members);
        _http.Timeout = TimeSpan.FromSeconds(3);
        var ports = FreePort.Take(1 + (2 * members));
        _proxyPort = ports[0];
        Members = [.. Enumerable.Range(0, members).Select(i => new TestMember(
            $"node-{i + 1}", Path.Combine(directory, $"node-{i + 1}"), ports[1 + (2 * i)], ports[2 + (2 * i)]))];
    }

    public IReadOnlyList<TestMember> Members { get; }

    public EtcdServers Store => _store;

    public int Ttl { get; }

    public string Directory => _directory;

    /// <summary>Writes through the endpoint.</summary>
    public string Endpoint => Connection(_proxyPort);

    /// <summary>Writes through another proxy.</summary>
    public static string EndpointAt(int port) => Connection(port);

    /// <param name="members">How many.</param>
    /// <param name="ttl">In seconds.</param>
    /// <param name="disturb">Happens while the cluster is being made; it has to get over that.</param>
    /// <param name="form">Null: synchronous, with a REST API of plain HTTP.</param>
    public static async Task<TestCluster> StartAsync(
        int members = 3, int ttl = 10, Func<TestCluster, Task>? disturb = null, ClusterForm? form = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("router-story-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var cluster = new TestCluster(directory, await EtcdServers.StartAsync(), members, ttl, form ?? new ClusterForm());
        try
        {
            foreach (var member in cluster.Members)
            {
                await cluster.PrepareAsync(member.Directory);
                await cluster._form.Prepare(member);
                await File.WriteAllTextAsync(member.File, cluster.Yaml(member));
                cluster.StartAgent(member);
            }

            cluster._proxy = cluster.StartProxy(cluster._proxyPort);
            if (disturb is not null)
            {
                await disturb(cluster);
            }

            await cluster.UntilAllStreamAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <param name="member">Whose.</param>
    /// <param name="log">Where the agent itself writes its log; null: this process does, to the member's.</param>
    public void StartAgent(TestMember member, string? log = null)
    {
        if (_agents.Remove(member.Name, out var former))
        {
            former.Dispose();
        }

        _agents[member.Name] = RouterCommand.Start(
            member.Log, [.. Writing(log), .. RouterCommand.Router, "agent", member.File]);
    }

    /// <summary>
    /// Runs an agent whose data directory is one of another cluster, until it ends by itself; answers its exit code.
    /// </summary>
    public async Task<(TestMember Member, int ExitCode)> RunStrangerAsync()
    {
        var ports = FreePort.Take(2);
        var member = new TestMember("stranger", Path.Combine(_directory, "stranger"), ports[0], ports[1]);
        await PrepareAsync(member.Directory);
        await File.WriteAllTextAsync(member.File, Yaml(member));
        var (made, output) = await RouterCommand.RunAsync(
            "/usr/lib/postgresql/15/bin/initdb", "--no-sync", "-D", member.DataDirectory);
        if (made != 0)
        {
            throw new IOException(output);
        }

        using var bound = new CancellationTokenSource(Bound);
        using var agent = RouterCommand.Start(member.Log, [.. RouterCommand.Router, "agent", member.File]);
        await agent.WaitForExitAsync(bound.Token);
        return (member, agent.ExitCode);
    }

    /// <summary>
    /// The process of the agent that serves this member, once it does; a guard may have started another one since, and
    /// on a busy machine a second, which ends when it finds the first.
    /// </summary>
    /// <param name="member">Whose.</param>
    /// <param name="former">Is no more.</param>
    public async Task<int> AgentPidAsync(TestMember member, int? former = null)
    {
        var found = 0;
        await UntilAsync($"one agent serves {member.Name}", async () =>
        {
            var agents = Agents(member);
            found = agents.Count == 1 ? agents[0] : 0;
            return found > 0 && found != former && await AnswersAsync(member, "/liveness");
        });
        return found;
    }

    /// <summary>
    /// SIGKILL to the agent as soon as a member's directory is marked incomplete for this reason, and another start, as a
    /// service manager does: a guard does it only for an agent that had time to register.
    /// </summary>
    public async Task KillAgentInTheMiddleAsync(IReadOnlyList<TestMember> members, string kind)
    {
        TestMember? marked = null;
        var begun = Stopwatch.StartNew();
        while ((marked = members.FirstOrDefault(member => member.IncompleteKind == kind)) is null)
        {
            if (begun.Elapsed > Bound)
            {
                throw new TimeoutException($"expected: a {kind} begins\n{Logs()}");
            }

            await Task.Delay(MarkerPause);
        }

        var killed = Agents(marked);
        foreach (var agent in killed)
        {
            Signal(agent, Kill);
        }

        await UntilAsync($"the agent of {marked.Name} is gone", () => !Agents(marked).Intersect(killed).Any());
        StartAgent(marked);
    }

    /// <summary>SIGKILL to everything that runs for the member, as if its machine had lost its power.</summary>
    public static void KillNode(TestMember member) => MemberProcesses.KillAll(member.Directory);

    public async Task<HttpResponseMessage> PostAsync(TestMember member, string path) =>
        await _http.PostAsync(Rest(member, path), new StringContent(""));

    /// <summary>Not the process in between by which a guard starts one.</summary>
    public static IReadOnlyList<int> Agents(TestMember member) => [.. MemberProcesses.Find(member.Directory).Where(pid =>
    {
        try
        {
            var command = File.ReadAllText($"/proc/{pid}/cmdline");
            return command.Contains("\0agent\0" + member.File, StringComparison.Ordinal)
                && !command.Contains("\0guard\0", StringComparison.Ordinal)
                && !command.StartsWith("setpriv\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    })];

    public TestMember Member(string name) => Members.First(member => member.Name == name);

    /// <summary>A directory that belongs to the account of PostgreSQL.</summary>
    public async Task PrepareAsync(string path)
    {
        System.IO.Directory.CreateDirectory(path);
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Process.Start("chown", ["postgres:", path]);
            await chown.WaitForExitAsync();
        }
    }

    public async Task<IReadOnlyList<ClusterRow>> RowsAsync()
    {
        foreach (var member in Members)
        {
            try
            {
                using var body = JsonDocument.Parse(await _http.GetStringAsync(Rest(member, "/cluster")));
                return [.. body.RootElement.GetProperty("members").EnumerateArray().Select(ClusterRow.Read)];
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException)
            {
                // The next one may answer.
            }
        }

        return [];
    }

    public async Task<string?> LeaderAsync() =>
        (await RowsAsync()).FirstOrDefault(row => row is { Role: "leader", State: "running" })?.Name;

    public Task UntilAllStreamAsync(int? count = null) => UntilAsync("all members stream, as they should", async () =>
    {
        var rows = await RowsAsync();
        return rows.Count == (count ?? Members.Count)
            && rows.Count(row => row is { Role: "leader", State: "running" }) == 1
            && rows.All(row => row.Role == "leader" || row.State == "streaming")
            && rows.Any(row => row.Role == "sync_standby") == _form.IsSynchronous;
    });

    public Task UntilAsync(string expected, Func<bool> condition) => UntilAsync(expected, () => Task.FromResult(condition()));

    public async Task UntilAsync(string expected, Func<Task<bool>> condition)
    {
        var begun = Stopwatch.StartNew();
        while (!await condition())
        {
            if (begun.Elapsed > Bound)
            {
                throw new TimeoutException($"expected: {expected}\n{string.Join('\n', await RowsAsync())}\n{Logs()}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>A writer over an empty table.</summary>
    public async Task<EndpointWriter> BeginWritesAsync()
    {
        await TryAskAsync(Endpoint, "CREATE TABLE IF NOT EXISTS demo_writes (id bigint PRIMARY KEY)");
        await TryAskAsync(Endpoint, "TRUNCATE demo_writes");
        return new EndpointWriter(Endpoint, TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }

    /// <summary>One statement at one member, as superuser; null when it does not answer.</summary>
    public static async Task<string?> TryAskAsync(TestMember member, string sql) => await TryAskAsync(Connection(member.PostgresPort), sql);

    public static async Task<string?> TryAskAsync(string connectionString, string sql)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>patronictl of Debian's Patroni, unmodified.</summary>
    public async Task<string> PatronictlAsync(params string[] arguments)
    {
        var file = Path.Combine(_directory, "patronictl.yml");
        await File.WriteAllTextAsync(file, $"scope: {Scope}\netcd3:\n  host: {_store.ClientUrls[0].Authority}\n");
        var (_, output) = await RouterCommand.RunAsync(["patronictl", "-c", file, .. arguments]);
        return output;
    }

    public string StoreAddress => _store.ClientUrls[0].Authority;

    public static void Signal(int pid, int signal) => MemberProcesses.Signal(pid, signal);

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
        {
            MemberProcesses.KillAll(member.Directory);
        }

        MemberProcesses.KillAll(_directory);
        foreach (var process in _agents.Values.Append(_proxy))
        {
            process?.Dispose();
        }

        _http.Dispose();
        await _store.DisposeAsync();
        await UntilGoneAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    /// <summary>The member's agent answers 200 there.</summary>
    public async Task<bool> AnswersAsync(TestMember member, string path)
    {
        try
        {
            using var answer = await _http.GetAsync(Rest(member, path));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private Uri Rest(TestMember member, string path) => new($"{_form.Scheme}://127.0.0.1:{member.RestPort}{path}");

    private async Task UntilGoneAsync()
    {
        var begun = Stopwatch.StartNew();
        while (MemberProcesses.Find(_directory).Count > 0 && begun.Elapsed < Bound)
        {
            MemberProcesses.KillAll(_directory);
            await Task.Delay(Pause);
        }
    }

    /// <summary>A proxy in front of the cluster; the caller disposes it, the cluster ends it.</summary>
    /// <param name="port">Where it takes clients of the primary.</param>
    /// <param name="log">Where the proxy itself writes its log; null: this process does.</param>
    public Process StartProxy(int port, string? log = null)
    {
        var file = Path.Combine(_directory, $"router-{port}.yml");
        File.WriteAllText(file, $"""
            scope: {Scope}
            etcd3:
              host: {StoreAddress}
            listen:
              primary: 127.0.0.1:{port}
            log:
              level: {(log is null ? "INFO" : "DEBUG")}
            probe:
              username: postgres
              password: {Password}
            {_form.ProxyYaml}
            """);
        return RouterCommand.Start(
            Path.Combine(_directory, "proxy.log"), [.. Writing(log), .. RouterCommand.Router, "proxy", "--config", file]);
    }

    private static string[] Writing(string? log) => log is null ? [] : ["sh", "-c", "exec \"$@\" 2>> \"$0\"", log];

    private string Yaml(TestMember member) => $$"""
        scope: {{Scope}}
        name: {{member.Name}}
        restapi:
          listen: 127.0.0.1:{{member.RestPort}}
          connect_address: 127.0.0.1:{{member.RestPort}}
        {{_form.AgentYaml}}
        etcd3:
          host: {{StoreAddress}}
        bootstrap:
          dcs:
            ttl: {{Ttl}}
            loop_wait: 2
            retry_timeout: 3
            primary_start_timeout: {{_form.PrimaryStartTimeout}}
            synchronous_mode: {{(_form.IsSynchronous ? "true" : "false")}}
            postgresql:
              use_pg_rewind: true
          initdb: [data-checksums, no-sync]
        postgresql:
          listen: 127.0.0.1:{{member.PostgresPort}}
          connect_address: 127.0.0.1:{{member.PostgresPort}}
          data_dir: {{member.DataDirectory}}
          bin_dir: /usr/lib/postgresql/15/bin
          pgpass: {{Path.Combine(member.Directory, "pgpass")}}
          authentication:
            superuser: {username: postgres, password: {{Password}}}
            replication: {username: replicator, password: {{_form.ReplicationPassword(member)}}}
          parameters:
            unix_socket_directories: {{member.Directory}}
            shared_buffers: 16MB

        """;

    private static string Connection(int port) =>
        $"Host=127.0.0.1;Port={port};Username=postgres;Password={Password};Database=postgres;Pooling=false;"
        + "Timeout=30;Command Timeout=60";

    private string Logs() => string.Join('\n', Members.Where(m => File.Exists(m.Log))
        .Select(m => $"--- {m.Name}\n{string.Join('\n', File.ReadLines(m.Log).TakeLast(25))}"));
}
