using System.Net.Sockets;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Sessions;

/// <summary>Backends whose role is not, or no longer, what their session wants.</summary>
public sealed class StandbyTests : IAsyncLifetime
{
    private readonly ProxyHarness _proxy = new();
    private readonly BackendScript _script = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _script.Dispose();
    }

    [Fact]
    public async Task A_client_of_the_primary_is_not_given_a_standby_and_sees_no_byte_of_it()
    {
        var demoted = _proxy.Views.PublishPrimary("a", _script.Port);
        using var client = await _proxy.ConnectAsync();
        var login = client.LogInAsync();
        using (var standby = await _script.AcceptAsync())
        {
            _ = await standby.AcceptLoginAsync(isStandby: true);
            Assert.True(await standby.IsClosedAsync());
        }

        await Eventually.TrueAsync(() => _proxy.Server.Snapshot().HoldQueueLength == 1, "the client waits");
        Assert.Equal([demoted.Identity], _proxy.Views.Standbys);
        _proxy.Views.PublishPrimary("b", _script.Port, timeline: 2);
        using var primary = await _script.AcceptAsync();
        _ = await primary.AcceptLoginAsync(processId: 99, isStandby: false);
        Assert.Equal(99, (await login).ProcessId);
    }

    [Fact]
    public async Task Where_a_password_was_asked_the_client_hears_57P03_before_it_is_ready()
    {
        var demoted = _proxy.Views.PublishPrimary("a", _script.Port);
        foreach (var piece in new[] { 1, 7, 1000 })
        {
            _proxy.Views.PublishPrimary("a", _script.Port);
            using var client = await _proxy.ConnectAsync();
            await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
            using var backend = await _script.AcceptAsync();
            _ = await backend.TryReadPacketAsync();
            await backend.SendAsync(w => AuthenticationRequest.Write(w, AuthenticationKind.CleartextPassword));
            Assert.Equal('R', (await client.ReadAsync()).Type);
            await client.SendAsync(w => w.Begin(MessageType.Password).Text("secret").End());
            Assert.Equal('p', (await backend.ReadAsync()).Type);
            await SendInPiecesAsync(backend, piece);
            var types = "";
            WireMessage last;
            do
            {
                last = await client.ReadAsync();
                types += last.Type;
            }
            while (last.Type is not ('E' or 'Z'));

            Assert.Equal("RSE", types);
            Assert.Equal(SqlState.CannotConnectNow, last.Error.Code);
            Assert.True(await client.IsClosedAsync());
            Assert.True(_proxy.Views.Standbys.TryDequeue(out var reported));
            Assert.Equal(demoted.Identity, reported);
        }
    }

    [Fact]
    public async Task A_client_of_the_replicas_gets_its_standby()
    {
        var (_, backend) = await OpenReplicaSessionAsync(_proxy);
        backend.Dispose();
        Assert.Empty(_proxy.Views.Standbys);
    }

    [Fact]
    public async Task A_session_on_a_replica_ends_when_its_member_is_no_standby_of_the_cluster_any_more()
    {
        var (client, _) = await OpenReplicaSessionAsync(_proxy);
        _proxy.Views.PublishReplicas(("c", _script.Port));
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_request_in_flight_on_a_replica_that_is_cut_hears_08007()
    {
        var (client, backend) = await OpenReplicaSessionAsync(_proxy);
        await client.QueryAsync("SELECT 1");
        _ = await backend.ReadAsync();
        _proxy.Views.PublishReplicas(("c", _script.Port));
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task By_setting_a_session_on_a_replica_outlives_the_change_of_its_role()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions { ReplicaCutOnRoleChange = false });
        var (client, backend) = await OpenReplicaSessionAsync(proxy);
        proxy.Views.PublishReplicas(("c", _script.Port));
        await AnswerAsync(client, backend, isPromoted: true);
        await AnswerAsync(client, backend);
    }

    [Fact]
    public async Task A_session_on_a_replica_that_was_promoted_unnoticed_ends_when_its_transaction_does()
    {
        var (client, backend) = await OpenReplicaSessionAsync(_proxy);
        await AnswerAsync(client, backend, isPromoted: true, status: TransactionStatus.InTransaction);
        await AnswerAsync(client, backend);
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
    }

    private async Task<(WirePeer Client, WirePeer Backend)> OpenReplicaSessionAsync(ProxyHarness proxy)
    {
        proxy.Views.PublishReplicas(("b", _script.Port));
        var client = await WirePeer.ConnectAsync(proxy.Replica);
        var login = client.LogInAsync();
        var backend = await _script.AcceptAsync();
        _ = await backend.AcceptLoginAsync(isStandby: true);
        _ = await login;
        return (client, backend);
    }

    private static async Task AnswerAsync(
        WirePeer client, WirePeer backend, bool isPromoted = false, TransactionStatus status = TransactionStatus.Idle)
    {
        await client.QueryAsync("SELECT 1");
        _ = await backend.ReadAsync();
        await backend.SendAsync(w =>
        {
            if (isPromoted)
            {
                new ParameterStatus("in_hot_standby", "off").Write(w);
            }

            new ReadyForQuery(status).Write(w);
        });
        _ = await client.ReadUntilAsync('Z');
    }

    private static async Task SendInPiecesAsync(WirePeer backend, int piece)
    {
        var writer = new FrameWriter();
        AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
        new ParameterStatus("in_hot_standby", "on").Write(writer);
        new BackendKeyData(1, new CancelKey([1, 2, 3, 4])).Write(writer);
        new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        try
        {
            for (var rest = writer.Written; !rest.IsEmpty; rest = rest[Math.Min(piece, rest.Length)..])
            {
                await backend.SendAsync(rest[..Math.Min(piece, rest.Length)]);
            }
        }
        catch (SocketException)
        {
            // The proxy has seen enough and has hung up.
        }
    }
}
