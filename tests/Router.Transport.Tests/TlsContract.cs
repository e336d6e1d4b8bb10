using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Router.Testing;

namespace Router.Transport.Tests;

/// <summary>What every back end promises of TLS beyond what it promises of any connection.</summary>
public abstract class TlsContract : IAsyncLifetime
{
    private readonly TransportHarness _harness;
    private readonly TlsPair _pair = new();

    protected TlsContract(TransportKind kind) =>
        _harness = new TransportHarness(new TransportSettings { Kind = kind });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        _pair.Dispose();
    }

    [TransportFact]
    public async Task Handshake_and_records_that_come_byte_by_byte_are_understood()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        var securing = SecureAsync(connection, _pair.Server);
        await using var stream = new SslStream(new SlowStream(socket));
        await stream.AuthenticateAsClientAsync(_pair.Files.ClientOptions()).WaitAsync(TransportHarness.Bound);
        _ = await securing;
        var reading = _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 2000));
        await stream.WriteAsync(Bytes.Pattern(2000));
        Assert.Equal(Bytes.Pattern(2000), await reading);
        await _harness.OnLoop(async () => await connection.Output.WriteAsync("heard"u8.ToArray()));
        var heard = new byte[5];
        await stream.ReadExactlyAsync(heard).AsTask().WaitAsync(TransportHarness.Bound);
        Assert.Equal("heard"u8.ToArray(), heard);
    }

    [TransportFact]
    public async Task Bytes_received_before_are_the_begin_of_the_handshake()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        var connecting = _pair.ConnectAsync(socket);
        await _harness.OnLoop(async () =>
        {
            var hello = await connection.Input.ReadAsync();
            Assert.Equal(0x16, hello.Buffer.FirstSpan[0]);
            connection.Input.AdvanceTo(hello.Buffer.Start);
        });
        _ = await SecureAsync(connection, _pair.Server);
        var peer = await connecting;
        await Bytes.SendAllAsync(peer, "direct"u8.ToArray());
        Assert.Equal("direct"u8.ToArray(), await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 6)));
    }

    [TransportFact]
    public async Task End_without_close_notify_is_a_failure_behind_the_last_bytes()
    {
        var (connection, peer) = await SecuredAsync();
        await Bytes.SendAllAsync(peer, "first"u8.ToArray());
        peer.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("first"u8.ToArray(), await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 5)));
        var failure = await Assert.ThrowsAsync<TransportException>(
            () => _harness.OnLoop(async () => await connection.Input.ReadAsync()));
        Assert.Contains("without close_notify", failure.Message, StringComparison.Ordinal);
    }

    [TransportFact]
    public async Task Relay_reports_a_cut_as_a_failure_and_an_end_as_an_end()
    {
        foreach (var isCut in new[] { true, false })
        {
            var (client, clientPeer) = await SecuredAsync();
            var (backend, backendPeer) = await SecuredAsync();
            var pair = new RelayHarness(_harness, client, clientPeer, backend, backendPeer);
            var relay = pair.RelayAsync();
            await Bytes.SendAllAsync(backendPeer, "rows"u8.ToArray());
            if (isCut)
            {
                backendPeer.Socket.Shutdown(SocketShutdown.Send);
            }
            else
            {
                await backendPeer.EndAsync();
            }

            Assert.Equal(isCut ? RelayEnd.BackendFailed : RelayEnd.BackendClosed, await relay);
            Assert.Equal("rows"u8.ToArray(), await Bytes.ReceiveExactlyAsync(clientPeer, 4));
        }
    }

    [TransportFact]
    public async Task Plain_text_after_the_handshake_is_refused()
    {
        var (connection, peer) = await SecuredAsync();
        await Bytes.SendAllAsync(peer, "secret"u8.ToArray());
        _ = await peer.Socket.SendAsync("Q in clear, injected"u8.ToArray());
        var failure = await Assert.ThrowsAsync<TransportException>(() => _harness.OnLoop(async () =>
        {
            Assert.Equal("secret"u8.ToArray(), await Bytes.ReadExactlyAsync(connection.Input, 6));
            _ = await connection.Input.ReadAsync();
        }));
        Assert.Contains("TLS: ", failure.Message, StringComparison.Ordinal);
    }

    [TransportFact]
    public async Task Peer_that_speaks_no_TLS_fails_the_handshake_with_a_reason()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        _ = await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        var failure = await Assert.ThrowsAsync<TlsHandshakeException>(() => SecureAsync(connection, _pair.Server));
        Assert.Contains("http request", failure.Reason, StringComparison.Ordinal);
        Assert.Null(connection.Tls);
        await _harness.OnLoop(async () => await connection.DisposeAsync());
    }

    [TransportFact]
    public async Task Peer_that_leaves_during_the_handshake_fails_it()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        _ = await socket.SendAsync(new byte[] { 0x16, 3, 1 });
        socket.Close();
        var failure = await Assert.ThrowsAsync<TlsHandshakeException>(() => SecureAsync(connection, _pair.Server));
        Assert.Contains("closed", failure.Reason, StringComparison.Ordinal);
    }

    [TransportFact]
    public async Task Silent_peer_is_left_when_the_token_fires()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        _ = await socket.SendAsync(new byte[] { 0x16, 3, 1, 2 });
        using var aborted = new CancellationTokenSource();
        var securing = _harness.OnLoop(async () => await connection.SecureAsync(_pair.Server, null, aborted.Token));
        await _harness.OnLoop(() => Task.CompletedTask);
        Assert.False(securing.IsCompleted);
        await aborted.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => securing);
        await _harness.OnLoop(async () => await connection.DisposeAsync());
        Assert.Equal(0, _harness.Loop.ConnectionCount);
        Assert.Equal(0, await _harness.BlocksInUseAsync());
    }

    [TransportFact]
    public async Task Closing_the_connection_ends_its_handshake()
    {
        var (connection, _) = await _harness.AcceptPlainAsync();
        var securing = SecureAsync(connection, _pair.Server);
        await _harness.OnLoop(() => { connection.Abort(); return Task.CompletedTask; });
        _ = await Assert.ThrowsAsync<TlsHandshakeException>(() => securing);
    }

    [TransportFact]
    public async Task Both_roles_of_ours_understand_each_other_and_tell_what_was_agreed()
    {
        var (accepted, connected) = await ConnectAsync(
            _pair.Server, Client(TlsVerification.AuthorityAndName), serverName: "127.0.0.1");
        Assert.Equal("TLSv1.3", connected.Tls!.Protocol);
        Assert.Equal(accepted.Tls!.Cipher, connected.Tls.Cipher);
        Assert.True(accepted.Tls.HasAlpn && connected.Tls.HasAlpn);
        using var certificate = X509CertificateLoader.LoadCertificate(connected.Tls.PeerCertificate.Span);
        Assert.Equal("CN=127.0.0.1", certificate.Subject);
        Assert.Equal(accepted.Tls.OwnCertificate.ToArray(), connected.Tls.PeerCertificate.ToArray());
        Assert.True(accepted.Tls.PeerCertificate.IsEmpty);
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("localhost")]
    public async Task Certificate_of_another_name_is_refused_where_the_name_counts(string name)
    {
        _ = await ConnectAsync(_pair.Server, Client(TlsVerification.Authority), name);
        var failure = await Assert.ThrowsAsync<TlsHandshakeException>(
            () => ConnectAsync(_pair.Server, Client(TlsVerification.AuthorityAndName), name));
        Assert.Contains("mismatch", failure.Reason, StringComparison.Ordinal);
    }

    [TransportFact]
    public async Task Certificate_of_an_unknown_authority_is_refused_where_the_authority_counts()
    {
        using var stranger = new TestCertificates();
        var settings = ClientSettings(TlsVerification.Authority) with { AuthorityFile = stranger.CaFile };
        _ = await ConnectAsync(_pair.Server, TlsContext.Create(settings with { Verification = TlsVerification.None }), null);
        var failure = await Assert.ThrowsAsync<TlsHandshakeException>(
            () => ConnectAsync(_pair.Server, TlsContext.Create(settings), null));
        Assert.Contains("certificate verify failed", failure.Reason, StringComparison.Ordinal);
    }

    [TransportFact]
    public async Task Server_that_wants_a_certificate_sees_the_right_one_only()
    {
        var server = TlsContext.Create(_pair.ServerSettings with
        {
            Verification = TlsVerification.Authority,
            AuthorityFile = _pair.Files.CaFile,
        });
        var settings = ClientSettings(TlsVerification.Authority);
        var (accepted, _) = await ConnectAsync(server, TlsContext.Create(WithOwn(settings, _pair.Files)), null);
        Assert.False(accepted.Tls!.PeerCertificate.IsEmpty);

        using var stranger = new TestCertificates();
        foreach (var client in new[] { settings, WithOwn(settings, stranger) })
        {
            var (connection, socket) = await _harness.AcceptPlainAsync();
            var securing = SecureAsync(connection, server);
            await using var stream = new SslStream(new NetworkStream(socket));
            var options = _pair.Files.ClientOptions(ownFile: client.CertificateFile, ownKeyFile: client.KeyFile);
            var connecting = Record.ExceptionAsync(() => stream.AuthenticateAsClientAsync(options));
            var failure = await Assert.ThrowsAsync<TlsHandshakeException>(() => securing);
            Assert.Contains("certificate", failure.Reason, StringComparison.Ordinal);
            _ = await connecting.WaitAsync(TransportHarness.Bound);
        }
    }

    [TransportFact]
    public async Task Other_application_protocol_is_refused_and_none_is_told()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        var securing = SecureAsync(connection, _pair.Server);
        _ = await Record.ExceptionAsync(() => _pair.ConnectAsync(
            socket, options => options.ApplicationProtocols = [SslApplicationProtocol.Http2]));
        _ = await Assert.ThrowsAsync<TlsHandshakeException>(() => securing);

        var (silent, _) = await SecuredAsync();
        Assert.False(silent.Tls!.HasAlpn);
        var (telling, _) = await SecuredAsync(
            options => options.ApplicationProtocols = [new SslApplicationProtocol(TlsPair.Protocol)]);
        Assert.True(telling.Tls!.HasAlpn);
    }

    [Theory]
    [InlineData(TlsProtocols.Tls12, "TLSv1.2")]
    [InlineData(TlsProtocols.Tls13, "TLSv1.3")]
    [InlineData(TlsProtocols.All, "TLSv1.3")]
    public async Task Only_allowed_versions_are_spoken(TlsProtocols allowed, string spoken)
    {
        var server = TlsContext.Create(_pair.ServerSettings with { Protocols = allowed });
        var (connection, _) = await ConnectAsync(server, Client(TlsVerification.None), null);
        Assert.Equal(spoken, connection.Tls!.Protocol);
        if (allowed != TlsProtocols.All)
        {
            var other = ClientSettings(TlsVerification.None) with { Protocols = TlsProtocols.Secure & ~allowed };
            _ = await Assert.ThrowsAsync<TlsHandshakeException>(() => ConnectAsync(server, TlsContext.Create(other), null));
        }
    }

    [TransportFact]
    public async Task Renegotiation_ends_the_connection()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        socket.Dispose();
        await _harness.OnLoop(async () => await connection.DisposeAsync());
        var accepted = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = _harness.Transport.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), accepted.SetResult);
        using var client = _harness.Own(SClient((IPEndPoint)listener.LocalEndPoint));
        var secured = await accepted.Task.WaitAsync(TransportHarness.Bound);
        _ = await SecureAsync(secured, _pair.Server);
        await client.StandardInput.WriteLineAsync("hello");
        _ = await _harness.OnLoop(() => Bytes.ReadExactlyAsync(secured.Input, 6));
        var reading = _harness.OnLoop(async () => await secured.Input.ReadAsync());
        await client.StandardInput.WriteLineAsync("R");
        var failure = await Assert.ThrowsAsync<TransportException>(() => reading);
        Assert.Contains("renegotiation", failure.Message, StringComparison.Ordinal);
        client.Kill();
    }

    /// <summary>More of them than a back end has buffers for.</summary>
    [TransportFact]
    public async Task Bytes_that_nobody_reads_yet_wait_on_many_connections()
    {
        var pairs = new List<(IConnection Connection, TestPeer Peer)>();
        for (var i = 0; i < 150; i++)
        {
            var (connection, peer) = await SecuredAsync();
            await _harness.OnLoop(() => { connection.Watch(new Onlooker()); return Task.CompletedTask; });
            pairs.Add((connection, peer));
        }

        foreach (var (_, peer) in pairs)
        {
            await Bytes.SendAllAsync(peer, Bytes.Pattern(3000));
        }

        foreach (var (connection, peer) in pairs)
        {
            await Bytes.SendAllAsync(peer, Bytes.Pattern(3000));
            var all = await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 6000));
            Assert.Equal((byte[])[.. Bytes.Pattern(3000), .. Bytes.Pattern(3000)], all);
        }

        Assert.Equal(0, await _harness.BlocksInUseAsync());
    }

    [TransportFact]
    public async Task Connections_outlive_their_context()
    {
        var (connection, peer) = await SecuredByPassingContextAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Bytes.SendAllAsync(peer, "still"u8.ToArray());
        Assert.Equal("still"u8.ToArray(), await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 5)));
    }

    private async Task<(IConnection Connection, TestPeer Peer)> SecuredByPassingContextAsync()
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        var securing = SecureAsync(connection, TlsContext.Create(_pair.ServerSettings));
        var peer = _harness.Own(await _pair.ConnectAsync(socket));
        _ = await securing;
        return (connection, peer);
    }

    private async Task<(IConnection Connection, TestPeer Peer)> SecuredAsync(
        Action<SslClientAuthenticationOptions>? change = null)
    {
        var (connection, socket) = await _harness.AcceptPlainAsync();
        var securing = SecureAsync(connection, _pair.Server);
        var peer = _harness.Own(await _pair.ConnectAsync(socket, change).WaitAsync(TransportHarness.Bound));
        _ = await securing;
        return (connection, peer);
    }

    /// <summary>Both ends on the loop.</summary>
    private async Task<(IConnection Accepted, IConnection Connected)> ConnectAsync(
        TlsContext server, TlsContext client, string? serverName)
    {
        var accepted = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = _harness.Transport.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), accepted.SetResult);
        var connected = await _harness.OnLoop(
            async () => await _harness.Loop.ConnectAsync(listener.LocalEndPoint, CancellationToken.None));
        var connection = await accepted.Task.WaitAsync(TransportHarness.Bound);
        var accepting = SecureAsync(connection, server);
        var failure = await Record.ExceptionAsync(
            () => _harness.OnLoop(async () => await connected.SecureAsync(client, serverName, CancellationToken.None)));
        if (failure is not null)
        {
            await _harness.OnLoop(async () => await connected.DisposeAsync());
            _ = await Record.ExceptionAsync(() => accepting);
            throw failure;
        }

        _ = await accepting;
        return (connection, connected);
    }

    private Task<TlsFacts> SecureAsync(IConnection connection, TlsContext server) =>
        _harness.OnLoop(async () => await connection.SecureAsync(server, null, CancellationToken.None));

    private TlsContext Client(TlsVerification verification) => TlsContext.Create(ClientSettings(verification));

    private TlsSettings ClientSettings(TlsVerification verification) => new()
    {
        IsServer = false,
        Verification = verification,
        AuthorityFile = _pair.Files.CaFile,
        ApplicationProtocol = TlsPair.Protocol,
    };

    private static TlsSettings WithOwn(TlsSettings settings, TestCertificates files) =>
        settings with { CertificateFile = files.CertificateFile, KeyFile = files.KeyFile };

    private static System.Diagnostics.Process SClient(IPEndPoint server) => System.Diagnostics.Process.Start(
        new System.Diagnostics.ProcessStartInfo("openssl", ["s_client", "-connect", server.ToString(), "-tls1_2"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private sealed class Onlooker : IReadinessWatcher
    {
        public void OnReadable(bool isPeerClosing)
        {
        }
    }
}
