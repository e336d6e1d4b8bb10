using System.Net;
using Router.Cluster;
using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Peers;

/// <summary>Two processes of one group: a cancel request that comes to the wrong one finds its way, and no other.</summary>
public sealed class PeerCancelTests : IAsyncLifetime
{
    private readonly BackendScript _server = new();
    private readonly ProxyHarness _first = new(Options(1));
    private readonly ProxyHarness _second = new(Options(2));

    public Task InitializeAsync()
    {
        _first.Views.PublishPrimary("a", _server.Port);
        _second.Views.PublishPrimary("a", _server.Port);
        Introduce(_first, 1, new PeerOptions(2, AddressOf(_second.Primary)));
        Introduce(_second, 2, new PeerOptions(1, AddressOf(_first.Primary)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task A_request_goes_to_the_process_that_gave_out_the_key_and_there_to_the_clients_server()
    {
        var (client, key, backend) = await LogInAsync(_first);
        await client.QueryAsync("SELECT pg_sleep(1000)");
        await ExpectAsync(backend, "SELECT pg_sleep(1000)");
        using var asking = await CancelAsync(_second, key);
        using (var canceling = await _server.AcceptAsync())
        {
            var request = CancelRequest.Parse((await canceling.TryReadPacketAsync())!)!;
            Assert.Equal((4711, "01020304"), (request.ProcessId, Convert.ToHexString(request.Key.Secret)));
        }

        // As with the server itself, the connection ends when the signal is sent.
        Assert.True(await asking.IsClosedAsync());
        await Eventually.TrueAsync(
            () => (_first.Server.Snapshot().CancelsForwardedTotal, _second.Server.Snapshot().CancelsForwardedTotal) == (1, 1),
            "both have passed it on");
    }

    [Fact]
    public async Task A_key_of_nobody_and_a_request_that_went_far_enough_go_nowhere()
    {
        var (client, key, backend) = await LogInAsync(_first);
        await client.QueryAsync("SELECT 1");
        await ExpectAsync(backend, "SELECT 1");

        // Another peer's, one's own that has ended, and a secret that is wrong.
        var stranger = VirtualKey.Make(ProtocolVersion.V30, peerId: 3);
        var former = VirtualKey.Make(ProtocolVersion.V30, peerId: 2);
        var wrong = VirtualKey.Make(ProtocolVersion.V30, peerId: 1);
        foreach (var lost in new[] { stranger, former, wrong, wrong with { ProcessId = key.ProcessId } })
        {
            using var asking = await CancelAsync(_second, lost);
            Assert.True(await asking.IsClosedAsync());
        }

        var tired = new CancelRequest(key.ProcessId, key.Key);
        for (var hop = 0; hop < 3; hop++)
        {
            tired = VirtualKey.NextHop(tired)!;
        }

        using (var asking = await CancelAsync(_second, new BackendKeyData(tired.ProcessId, tired.Key)))
        {
            Assert.True(await asking.IsClosedAsync());
        }

        Assert.Equal(0, _first.Server.Snapshot().CancelsForwardedTotal);
        await DoneAsync(backend);
        _ = await client.ReadUntilAsync('Z');

        // But its own process knows it, however far it went.
        await client.QueryAsync("SELECT 2");
        await ExpectAsync(backend, "SELECT 2");
        using var last = await CancelAsync(_first, new BackendKeyData(tired.ProcessId, tired.Key));
        using var canceling = await _server.AcceptAsync();
        Assert.NotNull(CancelRequest.Parse((await canceling.TryReadPacketAsync())!));
    }

    [Fact]
    public async Task Peers_that_name_each_other_wrongly_stop_after_three_hops()
    {
        // Each takes the other for the third.
        Introduce(_first, 1, new PeerOptions(3, AddressOf(_second.Primary)));
        Introduce(_second, 2, new PeerOptions(3, AddressOf(_first.Primary)));
        using var asking = await CancelAsync(_first, VirtualKey.Make(ProtocolVersion.V30, peerId: 3));
        Assert.True(await asking.IsClosedAsync());
        await Eventually.TrueAsync(
            () => (_first.Server.Snapshot(), _second.Server.Snapshot()) is
                ({ CancelsForwardedTotal: 2 }, { CancelsForwardedTotal: 1, CancelsUnknownTotal: 1 }),
            "first, second, first, second");
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_costs_its_places_and_the_time_of_the_request_only()
    {
        using var silent = new BackendScript();
        Introduce(_second, 2, new PeerOptions(3, new MemberAddress("127.0.0.1", silent.Port), PoolSize: 1), TimeSpan.FromSeconds(1));
        using var one = await CancelAsync(_second, VirtualKey.Make(ProtocolVersion.V30, peerId: 3));
        using var accepted = await silent.AcceptAsync();
        using var two = await CancelAsync(_second, VirtualKey.Make(ProtocolVersion.V30, peerId: 3));
        Assert.True(await one.IsClosedAsync());
        Assert.True(await two.IsClosedAsync());
        Assert.Equal(0, _second.Server.Snapshot().CancelsForwardedTotal);
    }

    [Fact]
    public async Task The_console_shows_them()
    {
        Introduce(
            _second, 2, new PeerOptions(9, new MemberAddress("/run/there", 6543), PoolSize: 5), new PeerOptions(2, new MemberAddress("me", 1)),
            new PeerOptions(1, AddressOf(_first.Primary)));
        using var console = await _second.ConnectAsync();
        await console.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "admin"), new("database", "pgbouncer")]).Write);
        _ = await console.ReadUntilAsync('Z');
        Assert.Equal([$"1|127.0.0.1|{_first.Primary.Port}|20", "9|/run/there|6543|5"], await ShowAsync(console, "SHOW PEERS"));
        Assert.Equal(["1|0|0|0|0", "9|0|0|0|0"], await ShowAsync(console, "SHOW PEER_POOLS"));
        Assert.Contains("peers|2", await ShowAsync(console, "SHOW LISTS"));
    }

    private static ProxyOptions Options(int peerId) => new()
    {
        PeerId = peerId,
        Pool = new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 20, Authentication = AuthType.Any, AdminUsers = ["admin"] },
    };

    private static void Introduce(ProxyHarness proxy, int peerId, params PeerOptions[] peers) =>
        Introduce(proxy, peerId, peers, TimeSpan.FromSeconds(60));

    private static void Introduce(ProxyHarness proxy, int peerId, PeerOptions peer, TimeSpan cancelWaitTimeout) =>
        Introduce(proxy, peerId, [peer], cancelWaitTimeout);

    private static void Introduce(ProxyHarness proxy, int peerId, PeerOptions[] peers, TimeSpan cancelWaitTimeout) =>
        proxy.Server.Reconfigure(Options(peerId) with { Peers = peers.ToEquatableList(), CancelWaitTimeout = cancelWaitTimeout });

    private static MemberAddress AddressOf(IPEndPoint endPoint) => new(endPoint.Address.ToString(), endPoint.Port);

    private static async Task<List<string>> ShowAsync(WirePeer console, string sql)
    {
        await console.QueryAsync(sql);
        var rows = new List<string>();
        while (await console.ReadAsync() is { Type: not 'Z' } message)
        {
            if (message.Type == 'D')
            {
                rows.Add(string.Join('|', DataRow.Parse(message.Body)!.Values));
            }
        }

        return rows;
    }

    private async Task<(WirePeer Client, BackendKeyData Key, WirePeer Backend)> LogInAsync(ProxyHarness proxy)
    {
        var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        var backend = await _server.AcceptLoginAsync();
        return (client, await login, backend);
    }

    private static async Task<WirePeer> CancelAsync(ProxyHarness proxy, BackendKeyData key)
    {
        var peer = await proxy.ConnectAsync();
        await peer.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        return peer;
    }
}
