using System.Net;
using System.Net.Sockets;
using System.Text;
using Router.Dcs.Etcd;
using Router.Testing;

namespace Router.Dcs.Tests.Etcd;

[Trait("Category", "Integration")]
public sealed class EtcdProbeTests(EtcdServer etcd) : IClassFixture<EtcdServer>
{
    private Uri ClientUrl => etcd.Servers.ClientUrls[0];

    [Fact]
    public async Task Client_port_has_no_fault() => Assert.Null(await FaultAsync(ClientUrl));

    [Fact]
    public async Task Peer_port_is_called_by_its_name_and_the_client_url_is_told()
    {
        var fault = await FaultAsync(etcd.Servers.PeerUrls[0]);

        Assert.Contains("PEER port", fault, StringComparison.Ordinal);
        Assert.Contains(ClientUrl.Authority, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_where_nobody_listens_is_told()
    {
        var fault = await FaultAsync(new Uri($"http://127.0.0.1:{FreePort.Take(1)[0]}"));

        Assert.Contains("refused", fault, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("is etcd running there", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Web_server_is_not_etcd()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stopping = new CancellationTokenSource();
        var serving = ServeAsync(listener, stopping.Token);

        var fault = await FaultAsync(new Uri($"http://{listener.LocalEndpoint}"));

        await stopping.CancelAsync();
        await serving;
        Assert.Contains("it is not etcd", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scope_in_the_v2_store_is_refused_with_both_stores_named()
    {
        await using var old = await EtcdServers.StartAsync(1, "--enable-v2");
        using var client = new HttpClient();
        using var value = new FormUrlEncodedContent([new("value", "a")]);
        _ = await client.PutAsync(new Uri(old.ClientUrls[0], "/v2/keys/service/demo/leader"), value);

        var taken = await Probe("demo", old.ClientUrls[0]).FindScopeInV2Async(default);
        var free = await Probe("other", old.ClientUrls[0]).FindScopeInV2Async(default);

        Assert.Contains("v2 store", taken, StringComparison.Ordinal);
        Assert.Contains("v3 store", taken, StringComparison.Ordinal);
        Assert.Contains("/service/demo", taken, StringComparison.Ordinal);
        Assert.Null(free);
    }

    [Fact]
    public async Task Etcd_without_the_v2_api_holds_nothing_there() =>
        Assert.Null(await Probe("demo", ClientUrl).FindScopeInV2Async(default));

    [Fact]
    public async Task Nobody_to_ask_about_v2_is_a_refusal_too()
    {
        var fault = await Probe("demo", new Uri($"http://127.0.0.1:{FreePort.Take(1)[0]}")).FindScopeInV2Async(default);

        Assert.StartsWith("No endpoint could be asked", fault, StringComparison.Ordinal);
    }

    private static EtcdProbe Probe(string scope, Uri endpoint) => new(
        new EtcdSettings { Endpoints = [endpoint], Scope = scope, CallDeadline = TimeSpan.FromSeconds(5) },
        TimeProvider.System);

    private static async Task<string?> FaultAsync(Uri endpoint) =>
        (await Probe("demo", endpoint).FindFaultAsync(endpoint, default))?.Reason;

    private static async Task ServeAsync(TcpListener listener, CancellationToken stopping)
    {
        var answer = Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stopping);
                _ = await client.GetStream().ReadAsync(new byte[1024], stopping);
                await client.GetStream().WriteAsync(answer, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
