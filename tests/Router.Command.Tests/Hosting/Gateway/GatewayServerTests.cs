using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Cluster;
using Router.Hosting.Gateway;

namespace Router.Command.Tests.Hosting.Gateway;

/// <summary>The operations port over two agents with real HTTP (S23).</summary>
public sealed class GatewayServerTests : IAsyncLifetime
{
    private readonly FakeProxyHealth _health = new();
    private readonly HttpClient _http = new();
    private readonly GatewayServer _gateway;
    private FakeAgentServer _node1 = null!;
    private FakeAgentServer _node2 = null!;

    public GatewayServerTests() => _gateway = new GatewayServer(
        new GatewayOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, _health, NullLogger<GatewayServer>.Instance);

    public async Task InitializeAsync()
    {
        _node1 = await FakeAgentServer.StartAsync("node1");
        _node2 = await FakeAgentServer.StartAsync("node2", status: 503);
        await _gateway.StartAsync(CancellationToken.None);
        _gateway.Update(View("node1"));
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
        await _node1.DisposeAsync();
        await _node2.DisposeAsync();
    }

    [Fact]
    public async Task Cluster_leads_to_the_leader_and_follows_it()
    {
        Assert.Equal((200, "node1"), await SendAsync("GET", "/cluster/patroni?x=1%2F2"));
        Assert.Equal(["GET /patroni?x=1%2F2"], _node1.Requests);

        _gateway.Update(View("node2"));

        Assert.Equal((503, "node2"), await SendAsync("GET", "/cluster"));
        Assert.Equal(["GET /"], _node2.Requests);
    }

    [Fact]
    public async Task Members_lead_to_each_member()
    {
        Assert.Equal((503, "node2"), await SendAsync("GET", "/members/node2/replica?lag=1MB"));
        Assert.Equal((503, ""), await SendAsync("HEAD", "/members/node2/primary"));
        Assert.Equal((200, "node1"), await SendAsync("OPTIONS", "/members/node1/primary"));

        Assert.Equal(["GET /replica?lag=1MB", "HEAD /primary"], _node2.Requests);
        Assert.Equal(["OPTIONS /primary"], _node1.Requests);
    }

    [Theory]
    [InlineData("POST", "/cluster/switchover")]
    [InlineData("PATCH", "/cluster/config")]
    [InlineData("PUT", "/members/node1/config")]
    [InlineData("DELETE", "/members/node1/restart")]
    [InlineData("POST", "/healthz")]
    public async Task Nothing_that_changes_passes(string method, string path)
    {
        var (status, _) = await SendAsync(method, path);

        Assert.Equal(405, status);
        Assert.Empty(_node1.Requests);
    }

    [Theory]
    [InlineData("/members/nobody/patroni", 404, """{"status":404,"reason":"there is no member \u0027nobody\u0027"}""")]
    [InlineData("/members", 404, """{"status":404,"reason":"there is no member \u0027\u0027"}""")]
    [InlineData("/members/node3/patroni", 503, """{"status":503,"reason":"the member node3 publishes no api_url"}""")]
    [InlineData("/members/node4/patroni", 502, """{"status":502,"reason":"the agent did not answer"}""")]
    public async Task Members_that_cannot_be_asked_are_told_apart(string path, int status, string body) =>
        Assert.Equal((status, body), await SendAsync("GET", path));

    [Fact]
    public async Task Cluster_without_a_leader_is_unavailable()
    {
        _gateway.Update(View(leader: null));

        Assert.Equal(
            (503, """{"status":503,"reason":"the cluster has no leader"}"""), await SendAsync("GET", "/cluster/patroni"));
    }

    [Fact]
    public async Task Clients_password_passes_and_its_forwarding_claims_do_not()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_gateway.Address, "/cluster/config"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "YWRtaW46c2VjcmV0");
        request.Headers.Add("X-Forwarded-For", "10.9.9.9");
        request.Headers.Add("Forwarded", "for=10.9.9.9");

        using var answer = await _http.SendAsync(request);

        Assert.Equal("Basic YWRtaW46c2VjcmV0", _node1.LastHeaders.Authorization);
        Assert.Equal("127.0.0.1", _node1.LastHeaders["X-Forwarded-For"]);
        Assert.Equal(_gateway.Address.Authority, _node1.LastHeaders["X-Forwarded-Host"]);
        Assert.Equal(new Uri(_node1.ApiUrl).Authority, _node1.LastHeaders.Host);
        Assert.False(_node1.LastHeaders.ContainsKey("Forwarded"));
    }

    [Fact]
    public async Task No_password_is_added()
    {
        _ = await SendAsync("GET", "/cluster/config");

        Assert.False(_node1.LastHeaders.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Health_goes_with_the_primary()
    {
        Assert.Equal((200, """{"status":200,"reason":"a primary is routable"}"""), await SendAsync("GET", "/healthz"));

        _health.WhyNoPrimary = "the leader is not out of recovery yet";

        Assert.Equal(
            (503, """{"status":503,"reason":"the leader is not out of recovery yet"}"""), await SendAsync("GET", "/healthz"));
        Assert.Equal(200, (await SendAsync("GET", "/livez")).Status);
        Assert.Equal((503, ""), await SendAsync("HEAD", "/healthz"));
        Assert.Equal(404, (await SendAsync("GET", "/")).Status);
    }

    [Fact]
    public async Task Metrics_hold_the_data_planes_samples()
    {
        var lines = (await SendAsync("GET", "/metrics")).Body.Split('\n');

        Assert.Contains("router_primary_routable 1", lines);
        Assert.Contains("router_test_clients 3", lines);
    }

    private async Task<(int Status, string Body)> SendAsync(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_gateway.Address, path));
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private ClusterView View(string? leader) => new()
    {
        Leader = leader is null
            ? StoredKey<LeaderLock>.Absent
            : StoredKey<LeaderLock>.Present(
                new LeaderLock(new MemberName(leader), 1, new Revision(2), new Revision(2)), new Revision(2)),
        Members =
        [
            new Member { Name = new MemberName("node1"), ApiUrl = _node1.ApiUrl },
            new Member { Name = new MemberName("node2"), ApiUrl = _node2.ApiUrl },
            new Member { Name = new MemberName("node3") },
            new Member { Name = new MemberName("node4"), ApiUrl = "http://127.0.0.1:1/patroni" },
        ],
    };
}
