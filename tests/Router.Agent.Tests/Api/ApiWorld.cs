using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Agent.Api;
using Router.Cluster;
using Router.Dcs;
using Router.Dcs.InMemory;
using Router.Testing;
using Router.Testing.Api;

namespace Router.Agent.Tests.Api;

/// <summary>The REST API of node1 on a real port, over a store in memory and a fake cycle.</summary>
internal sealed class ApiWorld : IAsyncDisposable
{
    private const string Host = "127.0.0.1";

    private readonly AgentApi _api;

    private ApiWorld(RestApiOptions options)
    {
        Snapshots = new AgentSnapshots(Clock.Now);
        Store = new InMemoryStore(Time);
        Dcs = new InMemoryDcs(Store);
        Status = new FakeAgentStatus(Snapshots.Primary());
        _api = new AgentApi(
            options, Status, Clock, Operations, Dcs, Probe, Time, NullLogger<AgentApi>.Instance);
    }

    public static RestApiOptions Open => new() { ListenHost = Host, ListenPort = 0 };

    public ManualTime Time { get; } = new();

    public ManualBootClock Clock { get; } = new();

    public AgentSnapshots Snapshots { get; }

    public InMemoryStore Store { get; }

    public InMemoryDcs Dcs { get; }

    public FakeAgentStatus Status { get; }

    public FakeAgentOperations Operations { get; } = new();

    public FakeMemberProbe Probe { get; } = new();

    public HttpClient Http { get; } = new();

    public AgentApi Api => _api;

    public static async Task<ApiWorld> StartAsync(RestApiOptions? options = null)
    {
        var world = new ApiWorld(options ?? Open);
        await world._api.StartAsync(CancellationToken.None);
        return world;
    }

    /// <summary>The snapshot becomes what the cycle published, with or without the lock.</summary>
    public ApiWorld Shows(AgentSnapshot snapshot, bool holdsLease = false)
    {
        Status.Current = snapshot;
        Status.Lease = holdsLease ? Snapshots.Lease : new Cluster.Local.LeaseState.None();
        return this;
    }

    /// <summary>A cluster of two in the store, led by node1.</summary>
    public ApiWorld HasCluster(string config = """{"ttl":30,"loop_wait":10,"retry_timeout":10}""")
    {
        _ = Store.Overwrite(DcsKey.Leader, "node1");
        _ = Store.Overwrite(DcsKey.Config, config);
        _ = Store.Overwrite(DcsKey.Status, """{"optime":67381760}""");
        _ = Store.Overwrite(DcsKey.Member(AgentSnapshots.Me), MemberJson(28001, "primary"));
        _ = Store.Overwrite(DcsKey.Member(AgentSnapshots.Other), MemberJson(28002, "replica"));
        return this;
    }

    public async Task<(int Status, string Body)> SendAsync(string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_api.Address, path));
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var answer = await Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<string?> StoredAsync(DcsKey key)
    {
        var seen = Assert.IsType<DcsRead.Seen>(await Dcs.ReadAsync(CancellationToken.None));
        return key == DcsKey.Config ? seen.View.Config.Value?.Json : seen.View.Failover.Value?.ToString();
    }

    public async Task<ClusterView> ViewAsync() =>
        Assert.IsType<DcsRead.Seen>(await Dcs.ReadAsync(CancellationToken.None)).View;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _api.DisposeAsync();
    }

    private static string MemberJson(int port, string role) =>
        $$"""{"conn_url":"postgres://127.0.0.1:{{port - 3000}}/postgres","api_url":"http://127.0.0.1:{{port}}/patroni","state":"running","role":"{{role}}","version":"4.1.4","timeline":2,"xlog_location":67381000}""";
}
