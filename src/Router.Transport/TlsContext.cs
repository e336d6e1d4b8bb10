using System.Net;
using Router.Transport.Tls;

namespace Router.Transport;

/// <summary>
/// Settings of TLS made ready for use, with the certificates and keys that were read then. Immutable, for all loops; one
/// that is replaced lives on as long as connections use it.
/// </summary>
public sealed unsafe class TlsContext
{
    private const string NoLibrary =
        "TLS needs OpenSSL 3 (libssl.so.3), which this machine does not have; install the package libssl3, or switch TLS off";

    private readonly TlsSettings _settings;
    private readonly SslContextHandle _handle;

    private TlsContext(TlsSettings settings, SslContextHandle handle, byte[] certificate)
    {
        _settings = settings;
        _handle = handle;
        Certificate = certificate;
    }

    /// <summary>The own certificate, DER; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Certificate { get; }

    /// <summary>Reads the files and checks that everything fits; not on a loop.</summary>
    /// <exception cref="TlsException">Something cannot be used: which setting, which file, and why.</exception>
    public static TlsContext Create(TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!OpenSsl.IsAvailable)
        {
            throw new TlsException(TlsPart.Library, NoLibrary);
        }

        var handle = new SslContextHandle();
        try
        {
            var certificate = new SslContextBuilder(settings, handle).Build();
            return new TlsContext(settings, handle, certificate);
        }
        catch (TlsException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>A session on <paramref name="bio"/>, which it takes over.</summary>
    internal nint NewSession(nint bio, string? serverName)
    {
        var ssl = OpenSsl.SSL_new(_handle);
        OpenSsl.SSL_set_bio(ssl, bio, bio);
        if (_settings.IsServer)
        {
            OpenSsl.SSL_set_accept_state(ssl);
            return ssl;
        }

        OpenSsl.SSL_set_connect_state(ssl);
        if (serverName is not null)
        {
            Expect(ssl, serverName);
        }

        return ssl;
    }

    /// <summary>The DER of a certificate, which is freed.</summary>
    internal static byte[] TakeDer(nint certificate)
    {
        var der = new byte[Math.Max(0, OpenSsl.i2d_X509(certificate, null))];
        fixed (byte* start = der)
        {
            var position = start;
            _ = OpenSsl.i2d_X509(certificate, &position);
        }

        OpenSsl.X509_free(certificate);
        return der;
    }

    /// <summary>Asks for the server by its name, and checks its certificate for it where that is wanted.</summary>
    private void Expect(nint ssl, string serverName)
    {
        const nint HostName = 0;
        var isAddress = IPAddress.TryParse(serverName, out _);
        if (!isAddress)
        {
            _ = OpenSsl.SSL_ctrl(ssl, OpenSsl.ControlHostName, HostName, serverName);
        }

        if (_settings.Verification != TlsVerification.AuthorityAndName)
        {
            return;
        }

        var parameters = OpenSsl.SSL_get0_param(ssl);
        OpenSsl.X509_VERIFY_PARAM_set_hostflags(parameters, OpenSsl.HostNoPartialWildcards);
        var isSet = isAddress
            ? OpenSsl.X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName)
            : OpenSsl.X509_VERIFY_PARAM_set1_host(parameters, serverName, 0);
        if (isSet != 1)
        {
            // Without it any name would do.
            throw new TransportException($"the name {serverName} cannot be looked for in a certificate");
        }
    }
}
