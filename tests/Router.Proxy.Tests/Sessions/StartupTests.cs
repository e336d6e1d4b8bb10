using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Sessions;

public sealed class StartupTests : IAsyncLifetime
{
    private readonly ProxyHarness _proxy = new();
    private readonly BackendScript _script = new();

    public Task InitializeAsync()
    {
        _proxy.Views.PublishPrimary("a", _script.Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _script.Dispose();
    }

    [Fact]
    public async Task Encryption_is_declined_in_either_order_and_the_login_goes_on()
    {
        foreach (var codes in new int[][]
        {
            [StartupPacket.SslRequestCode, StartupPacket.GssEncRequestCode],
            [StartupPacket.GssEncRequestCode, StartupPacket.SslRequestCode],
        })
        {
            using var client = await _proxy.ConnectAsync();
            foreach (var code in codes)
            {
                await client.SendAsync(w => StartupPacket.WriteRequest(w, code));
                Assert.Equal((byte)'N', await client.ReadByteAsync());
            }

            var login = client.LogInAsync();
            _ = await _script.AcceptLoginAsync();
            Assert.Equal(4711, (await login).ProcessId);
        }
    }

    [Theory]
    [InlineData(StartupPacket.SslRequestCode)]
    [InlineData(StartupPacket.GssEncRequestCode)]
    public async Task Encryption_asked_twice_is_an_unknown_protocol(int code)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync(w => StartupPacket.WriteRequest(w, code));
        _ = await client.ReadByteAsync();
        await client.SendAsync(w => StartupPacket.WriteRequest(w, code));
        Assert.Equal(SqlState.FeatureNotSupported, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Another_major_version_is_refused()
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync(w => w.BeginUntyped().Int32(2 << 16).Byte(0).End());
        Assert.Equal(SqlState.FeatureNotSupported, (await client.ReadAsync()).Error.Code);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 3 })]
    [InlineData(new byte[] { 0x7F, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0x27, 0x15 })] // 10 005
    public async Task An_impossible_length_is_refused_before_anything_is_stored(byte[] length)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync(length);
        Assert.Equal(SqlState.ProtocolViolation, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task The_login_works_whatever_byte_it_is_cut_at()
    {
        var writer = new FrameWriter();
        new StartupMessage(ProtocolVersion.V30, [new("user", "app"), new("database", "d")]).Write(writer);
        var startup = writer.Written.ToArray();
        for (var cut = 1; cut < startup.Length; cut++)
        {
            using var client = await _proxy.ConnectAsync();
            await client.SendAsync(startup.AsMemory(0, cut));
            await client.SendAsync(startup.AsMemory(cut));
            using var backend = await _script.AcceptAsync();
            Assert.Equal(startup, await backend.TryReadPacketAsync());
            await SendLoginInPiecesAsync(backend, cut);
            Assert.Equal('R', (await client.ReadAsync()).Type);
            Assert.Equal('K', (await client.ReadAsync()).Type);
            Assert.Equal('Z', (await client.ReadAsync()).Type);
            await client.QueryAsync("SELECT 1");
            Assert.Equal('Q', (await backend.ReadAsync()).Type);
        }
    }

    [Fact]
    public async Task Authentication_goes_both_ways_untouched()
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V32, [new("user", "app")]).Write);
        using var backend = await _script.AcceptAsync();
        _ = await backend.TryReadPacketAsync();
        await backend.SendAsync(w =>
        {
            new NegotiateProtocolVersion(ProtocolVersion.V30, []).Write(w);
            AuthenticationRequest.Write(w, AuthenticationKind.Sasl, "SCRAM-SHA-256\0\0"u8);
        });
        Assert.Equal('v', (await client.ReadAsync()).Type);
        Assert.Equal(AuthenticationKind.Sasl, AuthenticationRequest.ParseKind((await client.ReadAsync()).Body));
        await client.SendAsync(w => w.Begin(MessageType.Password).Text("SCRAM-SHA-256").Int32(-1).End());
        Assert.Equal('p', (await backend.ReadAsync()).Type);
        await backend.SendAsync(ErrorResponse.Fatal(SqlState.InvalidPassword, "password authentication failed").Write);
        backend.Socket.Close();
        Assert.Equal(SqlState.InvalidPassword, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_client_that_never_logs_in_is_told_so()
    {
        await using var proxy = new ProxyHarness(
            new ProxyOptions { ClientLoginTimeout = TimeSpan.FromMilliseconds(50) });
        using var client = await proxy.ConnectAsync();
        Assert.Equal(SqlState.QueryCanceled, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task An_authentication_that_never_ends_is_cut()
    {
        await using var proxy = new ProxyHarness(
            new ProxyOptions { ClientLoginTimeout = TimeSpan.FromSeconds(2) });
        proxy.Views.PublishPrimary("a", _script.Port);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        using var backend = await _script.AcceptAsync();
        await backend.SendAsync(w => AuthenticationRequest.Write(w, AuthenticationKind.CleartextPassword));
        Assert.Equal('R', (await client.ReadAsync()).Type);
        Assert.Equal(SqlState.QueryCanceled, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task One_client_too_many_hears_53300_and_a_place_is_free_again_afterwards()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions { MaxClientConnections = 1 });
        proxy.Views.PublishPrimary("a", _script.Port);
        var (first, _) = await proxy.OpenSessionAsync(_script);
        using (var second = await proxy.ConnectAsync())
        {
            await second.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
            Assert.Equal(SqlState.TooManyConnections, (await second.ReadAsync()).Error.Code);
        }

        first.Dispose();
        await Testing.Eventually.TrueAsync(
            () => proxy.Server.Snapshot() is { PrimaryClientsActive: 0, PrimaryClientsWaiting: 0 }, "the client has gone");
        _ = await proxy.OpenSessionAsync(_script);
    }

    private static async Task SendLoginInPiecesAsync(WirePeer backend, int piece)
    {
        var writer = new FrameWriter();
        AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
        new BackendKeyData(1, new CancelKey(new byte[32])).Write(writer);
        new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        for (var rest = writer.Written; !rest.IsEmpty; rest = rest[Math.Min(piece, rest.Length)..])
        {
            await backend.SendAsync(rest[..Math.Min(piece, rest.Length)]);
        }
    }
}
