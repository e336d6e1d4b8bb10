using Router.Testing;

namespace Router.Integration.Tests;

/// <summary>Disks without room: whoever only wants to log goes on, and whoever cannot write WAL lets others lead.</summary>
[Trait("Category", "Integration")]
public sealed class DiskFullTests : IAsyncLifetime
{
    private const int Terminate = 15;
    private const string NoRoom = "lines were lost: No space left on device";

    private readonly Dictionary<string, TinyDisk> _disks = [];
    private TestCluster? _cluster;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            foreach (var member in _cluster.Members)
            {
                TestCluster.KillNode(member);
            }
        }

        foreach (var disk in _disks.Values)
        {
            await disk.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [RootFact]
    public async Task Agent_and_proxy_that_cannot_log_lead_and_serve_and_log_again_when_there_is_room()
    {
        _cluster = await TestCluster.StartAsync(members: 2, ttl: 20, form: new ClusterForm { IsSynchronous = false });
        var disk = await TinyDisk.MountAsync(Path.Combine(_cluster.Directory, "logs"), "64k");
        _disks.Add("logs", disk);
        var (agentLog, proxyLog) = (Path.Combine(_cluster.Directory, "logs/agent"), Path.Combine(_cluster.Directory, "logs/proxy"));
        var leader = await _cluster.LeaderAsync();
        var next = _cluster.Members.First(member => member.Name != leader);
        TestCluster.Signal(await _cluster.AgentPidAsync(next), Terminate);
        await _cluster.UntilAsync("the agent ends", () => TestCluster.Agents(next).Count == 0);

        disk.Fill();
        _cluster.StartAgent(next, agentLog);
        var port = FreePort.Take(1)[0];
        using var proxy = _cluster.StartProxy(port, proxyLog);
        await _cluster.UntilAllStreamAsync();
        await UntilServesAsync(port);
        await _cluster.PatronictlAsync("switchover", TestCluster.Scope, "--master", leader!, "--force");
        await _cluster.UntilAsync("the other one leads", async () => await _cluster.LeaderAsync() == next.Name);
        await UntilServesAsync(port);
        await _cluster.UntilAllStreamAsync();
        Assert.Equal(("", ""), (await File.ReadAllTextAsync(agentLog), await File.ReadAllTextAsync(proxyLog)));

        disk.Free();
        using var answer = await _cluster.PostAsync(next, "/reload");
        await UntilServesAsync(port);
        await UntilToldAsync(agentLog);
        await UntilToldAsync(proxyLog);
    }

    [RootFact]
    public async Task Primary_that_cannot_write_WAL_lets_another_lead_and_comes_back_when_there_is_room()
    {
        _cluster = await TestCluster.StartAsync(ttl: 20, form: new ClusterForm { Prepare = PrepareDiskAsync });
        var old = _cluster.Member((await _cluster.LeaderAsync())!);
        var writer = await _cluster.BeginWritesAsync();
        using var writing = new CancellationTokenSource();
        var running = writer.RunAsync(writing.Token);
        await _cluster.UntilAsync("writes go on", () => writer.Acknowledged > 10);

        _disks[old.Name].Fill();
        await _cluster.UntilAsync("another member leads", async () =>
        {
            // Until the segments that were made before are used up.
            _ = await TestCluster.TryAskAsync(old, "SELECT pg_switch_wal()");
            return await _cluster.LeaderAsync() is { } next && next != old.Name;
        });
        var before = writer.Acknowledged;
        await _cluster.UntilAsync("writes go on again", () => writer.Acknowledged > before + 10);

        _disks[old.Name].Free();
        await _cluster.UntilAllStreamAsync();
        await writing.CancelAsync();
        await running;
        Assert.Empty(await writer.FindLostAsync(CancellationToken.None));
    }

    private async Task PrepareDiskAsync(TestMember member) =>
        _disks.Add(member.Name, await TinyDisk.MountAsync(member.DataDirectory, "300m"));

    private Task UntilServesAsync(int port) => _cluster!.UntilAsync(
        "the proxy serves", async () => await TestCluster.TryAskAsync(TestCluster.EndpointAt(port), "SELECT 1") == "1");

    private Task UntilToldAsync(string log) => _cluster!.UntilAsync(
        $"{log} tells what was lost", () => File.ReadAllText(log).Contains(NoRoom, StringComparison.Ordinal));
}
