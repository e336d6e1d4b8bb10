using System.Net.Security;
using System.Net.Sockets;
using Router.Testing;

namespace Router.Transport.Tests;

/// <summary>A server's context with its own certificate, and clients that know its authority.</summary>
internal sealed class TlsPair : IDisposable
{
    public const string Protocol = "test";

    public TlsPair() => Server = TlsContext.Create(ServerSettings);

    public TestCertificates Files { get; } = new();

    public TlsContext Server { get; }

    public TlsSettings ServerSettings => new()
    {
        IsServer = true,
        CertificateFile = Files.CertificateFile,
        KeyFile = Files.KeyFile,
        ApplicationProtocol = Protocol,
    };

    /// <summary>The framework's TLS as the client of <paramref name="socket"/>.</summary>
    public async Task<TestPeer> ConnectAsync(Socket socket, Action<SslClientAuthenticationOptions>? change = null)
    {
        var stream = new SslStream(new NetworkStream(socket));
        var options = Files.ClientOptions();
        change?.Invoke(options);
        await stream.AuthenticateAsClientAsync(options);
        return new TestPeer(socket, stream);
    }

    public void Dispose() => Files.Dispose();
}
