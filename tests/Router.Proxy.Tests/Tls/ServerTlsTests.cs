using Router.Protocol;
using Router.Protocol.Authentication;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Tls;

/// <summary>TLS with servers, byte by byte: what is asked, what is taken for an answer, and who is believed.</summary>
public sealed class ServerTlsTests : IAsyncLifetime
{
    private static readonly PoolOptions Pooling = new() { Mode = PoolMode.Transaction, Authentication = AuthType.Any };

    private readonly TestCertificates _files = new();
    private readonly BackendScript _script = new();
    private readonly List<ProxyHarness> _proxies = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }

        _script.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(TlsMode.Prefer)]
    [InlineData(TlsMode.Require)]
    [InlineData(TlsMode.VerifyCa)]
    [InlineData(TlsMode.VerifyFull)]
    public async Task A_pool_asks_for_TLS_and_logs_in_secured(TlsMode mode)
    {
        var proxy = Start(mode, Pooling);
        using var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        using var server = await AcceptTlsAsync();
        _ = await server.AcceptLoginAsync();
        _ = await login;
        Assert.Equal(1, proxy.Server.Snapshot().ServerHandshakes.Succeeded);
    }

    [Theory]
    [InlineData(TlsMode.Allow)]
    [InlineData(TlsMode.Prefer)]
    public async Task A_server_without_TLS_is_used_in_clear_where_that_will_do(TlsMode mode)
    {
        using var client = await Start(mode, Pooling).ConnectAsync();
        var login = client.LogInAsync();
        using var server = await AcceptRequestAsync("N");
        _ = await server.AcceptLoginAsync();
        _ = await login;
    }

    [Fact]
    public async Task A_server_is_not_asked_where_TLS_is_off()
    {
        using var client = await Start(TlsMode.Disable, Pooling).ConnectAsync();
        var login = client.LogInAsync();
        using var server = await _script.AcceptAsync(declinesTls: false);
        Assert.NotNull(await server.AcceptLoginAsync());
        _ = await login;
    }

    /// <summary>A user name, and more, must not go out in clear.</summary>
    [Theory]
    [InlineData("N")]
    [InlineData("E")]
    [InlineData("E\0\0\0\u0010SFATAL\0Mhear me\0\0")]
    [InlineData("S+plain")]
    [InlineData("SR\0\0\0\u0008\0\0\0\0")]
    [InlineData("")]
    public async Task A_server_that_does_not_go_on_in_TLS_gets_no_startup_message(string answer)
    {
        using var client = await Start(TlsMode.Require, pooling: null).ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        using (var server = await AcceptRequestAsync(answer))
        {
            if (answer.Length == 0)
            {
                server.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            }

            Assert.Null(await server.TryReadPacketAsync());
        }

        // The words of whoever answered in clear are not passed on; another server may do.
        using var other = await AcceptTlsAsync();
        _ = await other.AcceptLoginAsync();
        Assert.Equal('R', (await client.ReadAsync()).Type);
    }

    [Theory]
    [InlineData("N+")]
    [InlineData("SR\0\0\0\u0008\0\0\0\0")]
    public async Task Bytes_behind_the_answer_are_refused_even_where_TLS_need_not_be(string answer)
    {
        using var client = await Start(TlsMode.Prefer, Pooling).ConnectAsync();
        var login = client.LogInAsync();
        using (var server = await AcceptRequestAsync(answer))
        {
            Assert.Null(await server.TryReadPacketAsync());
        }

        using var other = await AcceptTlsAsync();
        _ = await other.AcceptLoginAsync();
        _ = await login;
    }

    [Theory]
    [InlineData(TlsMode.VerifyCa)]
    [InlineData(TlsMode.VerifyFull)]
    public async Task A_server_of_another_authority_is_refused_where_it_is_verified(TlsMode mode)
    {
        using var stranger = new TestCertificates();
        var proxy = Start(mode, Pooling);
        using var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        using (var server = await AcceptRequestAsync("S"))
        {
            _ = await Record.ExceptionAsync(() => server.SecureAsync(stranger.ServerOptions()));
            // An alert says why.
            while (!await server.IsClosedAsync())
            {
            }
        }

        using var other = await AcceptTlsAsync();
        _ = await other.AcceptLoginAsync();
        _ = await login;
        Assert.Equal(1, proxy.Server.Snapshot().ServerHandshakes.Failed);
    }

    [Fact]
    public async Task A_client_that_logs_in_itself_is_passed_on_in_clear_where_that_will_do()
    {
        using var client = await Start(TlsMode.Prefer, pooling: null).ConnectAsync();
        var login = client.LogInAsync();
        using var server = await _script.AcceptAsync(declinesTls: false);
        Assert.NotNull(await server.AcceptLoginAsync());
        _ = await login;
    }

    [Fact]
    public async Task A_client_that_logs_in_itself_is_not_offered_to_bind_to_a_channel_that_it_does_not_see()
    {
        using var client = await Start(TlsMode.Require, pooling: null).ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V32, [new("user", "app")]).Write);
        using var server = await AcceptTlsAsync();
        _ = await server.TryReadPacketAsync();
        await server.SendAsync(w =>
        {
            new NegotiateProtocolVersion(ProtocolVersion.V30, []).Write(w);
            new AuthenticationSasl([ScramMechanism.Sha256Plus, ScramMechanism.Sha256]).Write(w);
        });
        Assert.Equal('v', (await client.ReadAsync()).Type);
        Assert.Equal(new AuthenticationSasl([ScramMechanism.Sha256]), AuthenticationSasl.Parse((await client.ReadAsync()).Body));
        await client.SendAsync(w => w.Begin(MessageType.Password).Text(ScramMechanism.Sha256).Int32(-1).End());
        Assert.Equal('p', (await server.ReadAsync()).Type);
        await server.GreetAsync();
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_cancel_request_goes_to_the_server_as_its_session_does()
    {
        var proxy = Start(TlsMode.VerifyFull, pooling: null);
        using var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        using var server = await AcceptTlsAsync();
        _ = await server.AcceptLoginAsync(processId: 77);
        var key = await login;
        using var canceller = await proxy.ConnectAsync();
        await canceller.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        using (var cancelled = await AcceptTlsAsync())
        {
            Assert.Equal(77, CancelRequest.Parse(await cancelled.TryReadPacketAsync())?.ProcessId);
        }

        Assert.True(await canceller.IsClosedAsync());
        Assert.Equal(1, proxy.Server.Snapshot().CancelsForwardedTotal);
    }

    /// <summary>A server that can bind is bound to, and one that shows another certificate than its own finds out.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_proxy_binds_its_login_to_the_channel_where_the_server_can(bool isGenuine)
    {
        var users = new UserList([KeyValuePair.Create("app", StoredPassword.Parse("pencil"))]);
        using var client = await Start(
            TlsMode.Require, Pooling with { Users = users, Authentication = AuthType.Trust }).ConnectAsync();
        var login = Record.ExceptionAsync(() => client.LogInAsync());
        using var server = await AcceptTlsAsync();
        _ = await server.TryReadPacketAsync();
        await server.SendAsync(new AuthenticationSasl([ScramMechanism.Sha256Plus, ScramMechanism.Sha256]).Write);

        var shown = ServerEndPoint.Hash(
            System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(_files.CertificateFile).RawData)!;
        var salt = new byte[16];
        var secret = ScramKeys.Derive("pencil"u8, salt, 4096).ToSecret(salt, 4096);
        var exchange = new ScramServer(secret, new byte[ScramMechanism.NonceSize], isGenuine ? shown : new byte[shown.Length]);
        Assert.True(SaslInitialResponse.TryRead((await server.ReadAsync()).Body, out var initial));
        Assert.Equal(ScramOutcome.Continue, exchange.ReadFirst(initial.Mechanism, initial.Response));
        await server.SendAsync(w => AuthenticationSaslContinue.Write(w, exchange.Reply));
        var outcome = exchange.ReadFinal((await server.ReadAsync()).Body);
        Assert.Equal(isGenuine ? ScramOutcome.Authenticated : ScramOutcome.ChannelBindingFailed, outcome);
        if (isGenuine)
        {
            await server.SendAsync(w => AuthenticationSaslFinal.Write(w, exchange.Reply));
            await server.GreetAsync();
        }
        else
        {
            await server.SendAsync(ErrorResponse.Fatal(SqlState.InvalidAuthorizationSpecification, "binding failed").Write);
        }

        Assert.Equal(isGenuine, await login is null);
    }

    private async Task<WirePeer> AcceptRequestAsync(string answer)
    {
        var server = await _script.AcceptAsync(declinesTls: false);
        Assert.True(StartupPacket.TryRead(await server.TryReadPacketAsync(), out var packet) == ScanStatus.Taken);
        Assert.Equal(StartupPacketKind.SslRequest, packet.Kind);
        await server.SendAsync(System.Text.Encoding.Latin1.GetBytes(answer));
        return server;
    }

    private async Task<WirePeer> AcceptTlsAsync()
    {
        var server = await AcceptRequestAsync("S");
        await server.SecureAsync(_files.ServerOptions());
        return server;
    }

    private ProxyHarness Start(TlsMode mode, PoolOptions? pooling)
    {
        var proxy = new ProxyHarness(new ProxyOptions
        {
            Pool = pooling,
            ServerTls = new TlsOptions { Mode = mode, CaFile = _files.CaFile },
        });
        proxy.Views.PublishPrimary("a", _script.Port);
        _proxies.Add(proxy);
        return proxy;
    }
}
