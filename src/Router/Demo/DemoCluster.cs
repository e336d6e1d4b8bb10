using System.Text.Json;
using Npgsql;

namespace Router.Demo;

/// <summary>The processes of a demo: store, members and proxy. Owner of all of them, and of their directory.</summary>
internal sealed class DemoCluster(DemoLayout layout, TimeProvider time, Action<string> tell) : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(3) };
    private readonly Dictionary<string, ChildProcess> _agents = [];
    private ChildProcess? _store;
    private OutsideStore? _outside;
    private ChildProcess? _proxy;

    public DemoLayout Layout => layout;

    public string NpgsqlConnection =>
        $"Host=127.0.0.1;Port={layout.PrimaryPort};Username=postgres;Password={DemoLayout.SuperuserPassword};"
        + "Database=postgres;Pooling=false;Timeout=60;Command Timeout=60";

    /// <summary>Starts everything and waits until a write succeeds and every member streams.</summary>
    public async Task StartAsync(CancellationToken aborted)
    {
        if (layout.Outside is { } address)
        {
            tell($"using the store at {address}, scope {layout.Scope}");
            var outside = new OutsideStore(address, layout.Scope);
            await outside.CheckAsync(aborted);
            _outside = outside;
        }

        layout.WriteFiles();
        if (_outside is null)
        {
            tell($"starting the store: etcd at {layout.Store}");
            _store = Child(
                "dcs", "--data-dir", Path.Combine(layout.Directory, "store"), "--listen", layout.Store);
            _store.Start();
            await WaitAsync("the store", () => IsStoreUpAsync(aborted), aborted);
        }

        foreach (var member in layout.Members)
        {
            tell($"starting {member.Name}: PostgreSQL at 127.0.0.1:{member.PostgresPort}, "
                + $"REST at 127.0.0.1:{member.RestPort}");
            StartAgent(member);
        }

        tell("waiting for a leader (initdb takes a few seconds)");
        await WaitAsync("a leader", async () => await LeaderAsync(aborted) is not null, aborted);
        tell($"{await LeaderAsync(aborted)} leads");

        tell($"starting the proxy: writes at 127.0.0.1:{layout.PrimaryPort}, reads at 127.0.0.1:{layout.ReplicaPort}");
        _proxy = Child("proxy", "--config", layout.ProxyFile);
        _proxy.Start();
        await WaitAsync("the endpoint", () => CanConnectAsync(aborted), aborted);
        tell("the endpoint answers");

        tell("waiting until every member streams and one is synchronous");
        await WaitForAllAsync(aborted);
    }

    public void StartAgent(DemoMember member)
    {
        var agent = new ChildProcess(member.Name, member.LogFile, ["agent", member.File]);
        _agents[member.Name] = agent;
        agent.Start();
    }

    /// <summary>kill -9 of agent, guard and PostgreSQL of one member.</summary>
    public static void KillNode(DemoMember member) => MemberProcesses.KillAll(member.Directory);

    /// <summary>Every member streams or leads, and somebody is a synchronous standby.</summary>
    public Task WaitForAllAsync(CancellationToken aborted) =>
        WaitAsync(
            "every member",
            async () => await ClusterAsync(aborted) is { } members
                && members.Count == layout.Members.Count
                && members.All(m => m.Role == "leader" || m.State is "streaming")
                && members.Any(m => m.Role is "sync_standby"),
            aborted);

    public Task WaitForLeaderOtherThanAsync(string former, CancellationToken aborted) =>
        WaitAsync(
            "another leader",
            async () => await LeaderAsync(aborted) is { } leader && leader != former,
            aborted);

    public async Task<string?> LeaderAsync(CancellationToken aborted) =>
        (await ClusterAsync(aborted))?.FirstOrDefault(m => m.Role == "leader" && m.State == "running")?.Name;

    /// <summary>What the first member that answers says of the cluster; null when none does.</summary>
    public async Task<IReadOnlyList<DemoRow>?> ClusterAsync(CancellationToken aborted)
    {
        foreach (var member in layout.Members)
        {
            try
            {
                using var body = JsonDocument.Parse(
                    await _http.GetStringAsync(new Uri($"http://127.0.0.1:{member.RestPort}/cluster"), aborted));
                return [.. body.RootElement.GetProperty("members").EnumerateArray().Select(DemoRow.Read)];
            }
            catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException
                or TaskCanceledException && !aborted.IsCancellationRequested)
            {
                // The next one.
            }
        }

        return null;
    }

    /// <summary>Asks the leader's agent for a switchover; answers its words.</summary>
    public async Task<string> SwitchoverAsync(string leader, CancellationToken aborted)
    {
        var member = layout.Members.First(m => m.Name == leader);
        using var patient = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var body = new StringContent($$"""{"leader": "{{leader}}"}""");
        using var answer = await patient.PostAsync(
            new Uri($"http://127.0.0.1:{member.RestPort}/switchover"), body, aborted);
        return $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(aborted)}";
    }

    public async ValueTask DisposeAsync()
    {
        var stops = new List<Task>();
        if (_proxy is not null)
        {
            stops.Add(_proxy.StopAsync(TimeSpan.FromSeconds(5), time));
        }

        stops.AddRange(_agents.Values.Select(agent => agent.StopAsync(StopBound, time)));
        await Task.WhenAll(stops);
        foreach (var member in layout.Members)
        {
            MemberProcesses.KillAll(member.Directory);
        }

        if (_store is not null)
        {
            await _store.StopAsync(StopBound, time);
        }

        foreach (var child in _agents.Values.Append(_proxy).Append(_store))
        {
            if (child is not null)
            {
                await child.DisposeAsync();
            }
        }

        _http.Dispose();
        if (_outside is not null)
        {
            await _outside.ClearAsync(CancellationToken.None);
            _outside.Dispose();
        }
    }

    private async Task<bool> IsStoreUpAsync(CancellationToken aborted)
    {
        try
        {
            return (await _http.GetStringAsync(new Uri($"http://{layout.Store}/health"), aborted))
                .Contains("true", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !aborted.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> CanConnectAsync(CancellationToken aborted)
    {
        try
        {
            await using var connection = new NpgsqlConnection(NpgsqlConnection);
            await connection.OpenAsync(aborted);
            await using var command = new NpgsqlCommand(
                "CREATE TABLE IF NOT EXISTS demo_writes (id bigint PRIMARY KEY, at timestamptz DEFAULT now())",
                connection);
            await command.ExecuteNonQueryAsync(aborted);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task WaitAsync(string what, Func<Task<bool>> condition, CancellationToken aborted)
    {
        var begun = time.GetTimestamp();
        while (!await condition())
        {
            var ended = _agents.Values.Append(_store).Append(_proxy).FirstOrDefault(c => c?.ExitCode is > 0 and not 137);
            if (ended is not null)
            {
                throw new DemoException($"{ended.Name} ended with exit code {ended.ExitCode}:\n{ended.LogTail()}");
            }

            if (time.GetElapsedTime(begun) > StartBound)
            {
                throw new DemoException($"gave up waiting for {what}; the logs are in {layout.Directory}\n"
                    + string.Join('\n', _agents.Values.Select(a => $"--- {a.Name}\n{a.LogTail()}")));
            }

            await Task.Delay(Pause, time, aborted);
        }
    }

    private ChildProcess Child(string command, params string[] arguments) =>
        new(command, Path.Combine(layout.Directory, command + ".log"), [command, .. arguments]);
}
