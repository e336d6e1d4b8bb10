using System.Net.Security;
using System.Security.Authentication;
using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Tls;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Tls;

/// <summary>TLS with clients, byte by byte: what is offered, what is demanded, and each trap on the way.</summary>
public sealed class ClientTlsTests : IAsyncLifetime
{
    private readonly TestCertificates _files = new();
    private readonly BackendScript _script = new();
    private readonly ListLogger _log = new();
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
    [InlineData(TlsMode.Allow)]
    [InlineData(TlsMode.Prefer)]
    [InlineData(TlsMode.Require)]
    public async Task A_client_that_asks_for_TLS_gets_it_and_logs_in(TlsMode mode)
    {
        var proxy = Start(mode);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(w => StartupPacket.WriteRequest(w, StartupPacket.GssEncRequestCode));
        Assert.Equal((byte)'N', await client.ReadByteAsync());
        await client.RequestTlsAsync(_files.ClientOptions("postgresql"));
        var login = client.LogInAsync();
        using var backend = await _script.AcceptLoginAsync();
        _ = await login;
        await client.QueryAsync("SELECT 1");
        Assert.Equal('Q', (await backend.ReadAsync()).Type);
        Assert.Equal(1, proxy.Server.Snapshot().ClientHandshakes.Succeeded);
    }

    [Theory]
    [InlineData(TlsMode.Require)]
    [InlineData(TlsMode.VerifyCa)]
    [InlineData(TlsMode.VerifyFull)]
    public async Task A_client_in_clear_is_refused_where_TLS_is_demanded(TlsMode mode)
    {
        using var client = await Start(mode).ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        var error = (await client.ReadAsync()).Error;
        Assert.Equal(SqlState.InvalidAuthorizationSpecification, error.Code);
        Assert.Contains("sslmode=require", error.Hint, StringComparison.Ordinal);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [InlineData(TlsMode.Disable)]
    [InlineData(TlsMode.Prefer)]
    public async Task A_client_in_clear_is_served_where_TLS_is_not_demanded(TlsMode mode)
    {
        using var client = await Start(mode).ConnectAsync();
        var login = client.LogInAsync();
        using var backend = await _script.AcceptLoginAsync();
        _ = await login;
    }

    [Theory]
    [InlineData(StartupPacket.SslRequestCode)]
    [InlineData(StartupPacket.GssEncRequestCode)]
    public async Task Bytes_behind_an_encryption_request_are_refused_and_never_taken_for_secured_ones(int code)
    {
        var proxy = Start(TlsMode.Require);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(w =>
        {
            StartupPacket.WriteRequest(w, code);
            new StartupMessage(ProtocolVersion.V30, [new("user", "mallory")]).Write(w);
        });
        if (code == StartupPacket.GssEncRequestCode)
        {
            Assert.Equal((byte)'N', await client.ReadByteAsync());
        }

        var error = (await client.ReadAsync()).Error;
        Assert.Equal(SqlState.ProtocolViolation, error.Code);
        Assert.Contains("unencrypted data", error.Message, StringComparison.Ordinal);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Plain_bytes_between_the_answer_and_the_handshake_end_the_connection()
    {
        var proxy = Start(TlsMode.Prefer);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(w => StartupPacket.WriteRequest(w, StartupPacket.SslRequestCode));
        Assert.Equal((byte)'S', await client.ReadByteAsync());
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "mallory")]).Write);
        // An alert may come first.
        while (!await client.IsClosedAsync())
        {
        }

        Assert.Equal(1, proxy.Server.Snapshot().ClientHandshakes.Failed);
        Assert.Equal(0, proxy.Server.Snapshot().ClientsTotal);
    }

    [Theory]
    [InlineData(StartupPacket.SslRequestCode)]
    [InlineData(StartupPacket.GssEncRequestCode)]
    public async Task What_is_secured_is_not_secured_once_more(int code)
    {
        using var client = await Start(TlsMode.Prefer).ConnectAsync();
        await client.RequestTlsAsync(_files.ClientOptions());
        await client.SendAsync(w => StartupPacket.WriteRequest(w, code));
        Assert.Equal(SqlState.FeatureNotSupported, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task TLS_as_the_first_thing_needs_the_name_of_the_protocol()
    {
        var proxy = Start(TlsMode.Require);
        using (var named = await proxy.ConnectAsync())
        {
            await named.SecureAsync(_files.ClientOptions("postgresql"));
            var login = named.LogInAsync();
            using var backend = await _script.AcceptLoginAsync();
            _ = await login;
        }

        using (var nameless = await proxy.ConnectAsync())
        {
            await nameless.SecureAsync(_files.ClientOptions());
            var error = (await nameless.ReadAsync()).Error;
            Assert.Equal(SqlState.ProtocolViolation, error.Code);
            Assert.Contains("ALPN", error.Message, StringComparison.Ordinal);
            Assert.True(await nameless.IsClosedAsync());
        }

        using var web = await proxy.ConnectAsync();
        _ = await Assert.ThrowsAsync<AuthenticationException>(() => web.SecureAsync(_files.ClientOptions("http/1.1")));
    }

    [Fact]
    public async Task Another_application_protocol_is_refused_behind_a_request_too()
    {
        using var client = await Start(TlsMode.Prefer).ConnectAsync();
        _ = await Assert.ThrowsAsync<AuthenticationException>(
            () => client.RequestTlsAsync(_files.ClientOptions("http/1.1")));
    }

    [Theory]
    [InlineData(TlsMode.VerifyCa)]
    [InlineData(TlsMode.VerifyFull)]
    public async Task Only_certificates_of_the_authority_are_let_in_where_they_are_verified(TlsMode mode)
    {
        using var stranger = new TestCertificates();
        var proxy = Start(mode);
        using (var client = await proxy.ConnectAsync())
        {
            await client.RequestTlsAsync(_files.ClientOptions(null, _files.CertificateFile, _files.KeyFile));
            var login = client.LogInAsync();
            using var backend = await _script.AcceptLoginAsync();
            _ = await login;
        }

        foreach (var options in new[]
        {
            _files.ClientOptions(),
            _files.ClientOptions(null, stranger.CertificateFile, stranger.KeyFile),
        })
        {
            using var client = await proxy.ConnectAsync();
            await RequestInVainAsync(client, options);
        }

        // With TLS 1.3 the client is done before the proxy has looked at its certificate.
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().ClientHandshakes.Failed == 2, "two handshakes that failed");
        Assert.Equal(1, proxy.Server.Snapshot().ClientsTotal);
    }

    [Fact]
    public async Task A_cancel_request_passes_in_clear_and_secured()
    {
        var proxy = Start(TlsMode.Require);
        using var client = await proxy.ConnectAsync();
        await client.RequestTlsAsync(_files.ClientOptions());
        var login = client.LogInAsync();
        using var backend = await _script.AcceptLoginAsync(processId: 77);
        var key = await login;
        foreach (var isSecured in new[] { true, false })
        {
            using var canceller = await proxy.ConnectAsync();
            if (isSecured)
            {
                await canceller.RequestTlsAsync(_files.ClientOptions());
            }

            await canceller.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
            using (var cancelled = await _script.AcceptAsync())
            {
                Assert.Equal(77, CancelRequest.Parse(await cancelled.TryReadPacketAsync())?.ProcessId);
            }

            Assert.True(await canceller.IsClosedAsync());
        }
    }

    [Fact]
    public async Task A_handshake_that_never_ends_is_cut_by_the_login_timeout()
    {
        var proxy = Start(TlsMode.Prefer, options => options with { ClientLoginTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(w => StartupPacket.WriteRequest(w, StartupPacket.SslRequestCode));
        Assert.Equal((byte)'S', await client.ReadByteAsync());
        await client.SendAsync(new byte[] { 0x16, 3, 1, 1 });
        Assert.True(await client.IsClosedAsync());
        Assert.Equal(1, proxy.Server.Snapshot().ClientHandshakes.Failed);
    }

    [Fact]
    public async Task Failed_handshakes_are_all_counted_and_told_in_few_lines()
    {
        const int Attempts = 20;
        var proxy = Start(TlsMode.Prefer);
        for (var i = 0; i < Attempts; i++)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync(w => StartupPacket.WriteRequest(w, StartupPacket.SslRequestCode));
            _ = await client.ReadByteAsync();
            await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            while (!await client.IsClosedAsync())
            {
            }
        }

        Assert.Equal(Attempts, proxy.Server.Snapshot().ClientHandshakes.Failed);
        var lines = _log.Lines.Where(static line => line.Contains("handshake with a client failed", StringComparison.Ordinal)).ToList();
        Assert.Contains("http request", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines.Count, 1, Attempts - 1);
    }

    [Fact]
    public async Task Another_certificate_is_shown_from_then_on_and_no_session_ends()
    {
        var proxy = Start(TlsMode.Require);
        using var client = await proxy.ConnectAsync();
        await client.RequestTlsAsync(_files.ClientOptions());
        var login = client.LogInAsync();
        using var backend = await _script.AcceptLoginAsync();
        _ = await login;

        using var renewed = new TestCertificates();
        proxy.Server.Reconfigure(Options(TlsMode.Require, renewed));
        using (var next = await proxy.ConnectAsync())
        {
            await next.RequestTlsAsync(renewed.ClientOptions());
        }

        // What cannot be used changes nothing, and is told with the key and the file.
        File.WriteAllText(renewed.KeyFile, "not a key");
        proxy.Server.Reconfigure(Options(TlsMode.Require, renewed));
        Assert.Contains(
            _log.Lines, line => line.Contains($"client_tls_key_file: {renewed.KeyFile}: there is no private key", StringComparison.Ordinal));
        using (var next = await proxy.ConnectAsync())
        {
            await next.RequestTlsAsync(renewed.ClientOptions());
        }

        await client.QueryAsync("SELECT 1");
        Assert.Equal('Q', (await backend.ReadAsync()).Type);
    }

    [Fact]
    public async Task Files_that_change_are_read_again_once_they_rest()
    {
        var time = new ManualTime();
        using var renewed = new TestCertificates();
        var keeper = new TlsKeeper(Options(TlsMode.Require, _files), time, _log);
        using var ended = new CancellationTokenSource();
        var watching = keeper.RunAsync(ended.Token);
        var first = keeper.Now;
        await LookAsync();
        Assert.Same(first, keeper.Now);

        // The certificate comes before its key.
        File.Copy(renewed.CertificateFile, _files.CertificateFile, overwrite: true);
        await LookAsync();
        Assert.Same(first, keeper.Now);
        await LookAsync();
        Assert.Same(first, keeper.Now);
        Assert.Contains(_log.Lines, line => line.Contains($"{_files.KeyFile}: it is not the key of", StringComparison.Ordinal));
        var told = _log.Lines.Count;
        await LookAsync();
        Assert.Equal(told, _log.Lines.Count);

        File.Copy(renewed.KeyFile, _files.KeyFile, overwrite: true);
        await LookAsync();
        Assert.Same(first, keeper.Now);
        await LookAsync();
        Assert.NotSame(first, keeper.Now);
        Assert.False(first.ClientContext!.Certificate.Span.SequenceEqual(keeper.Now.ClientContext!.Certificate.Span));
        await ended.CancelAsync();
        await watching;

        async Task LookAsync()
        {
            await Eventually.TrueAsync(() => time.PendingTimers > 0, "the keeper waits");
            time.Advance(TimeSpan.FromSeconds(5));
            await Eventually.TrueAsync(() => time.PendingTimers > 0, "the keeper has looked");
        }
    }

    private static async Task RequestInVainAsync(WirePeer client, SslClientAuthenticationOptions options)
    {
        try
        {
            // With TLS 1.3 the client is done before the server has looked at its certificate.
            await client.RequestTlsAsync(options);
            await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            // It has heard the alert already.
        }

        while (!await client.IsClosedAsync())
        {
        }
    }

    private ProxyHarness Start(TlsMode mode, Func<ProxyOptions, ProxyOptions>? change = null)
    {
        var options = Options(mode, _files);
        var proxy = new ProxyHarness(change?.Invoke(options) ?? options, loggers: _log);
        proxy.Views.PublishPrimary("a", _script.Port);
        _proxies.Add(proxy);
        return proxy;
    }

    private static ProxyOptions Options(TlsMode mode, TestCertificates files) => new()
    {
        ClientTls = new TlsOptions
        {
            Mode = mode,
            CertFile = files.CertificateFile,
            KeyFile = files.KeyFile,
            CaFile = files.CaFile,
        },
    };
}
