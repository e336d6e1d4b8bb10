using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Router.Agent.Api;

/// <summary>
/// The listener's certificate and its judgement of clients' ones. Each handshake reads the present certificate, so that
/// a renewed file takes effect without closing the port.
/// </summary>
internal sealed class ApiCertificate
{
    private readonly RestApiOptions _options;
    private readonly X509Certificate2Collection _authorities = [];
    private volatile SslStreamCertificateContext _context;

    public ApiCertificate(RestApiOptions options)
    {
        _options = options;
        _context = Load(options);
        if (options.CaFile is { } file)
        {
            _authorities.ImportFromPemFile(file);
        }
    }

    public string SerialNumber => _context.TargetCertificate.SerialNumber;

    /// <summary>Reads the file again. False: it is the same certificate.</summary>
    /// <exception cref="CryptographicException">The file is no certificate with its key; the present one stays.</exception>
    public bool Reload()
    {
        var next = Load(_options);
        if (next.TargetCertificate.SerialNumber == SerialNumber)
        {
            return false;
        }

        _context = next;
        return true;
    }

    public TlsHandshakeCallbackOptions Handshake => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _context,
            ClientCertificateRequired = _options.VerifyClient != VerifyClient.None,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        }),
    };

    /// <summary>A bad certificate ends the handshake even where none would have been needed, as OpenSSL has it.</summary>
    private bool IsTrusted(X509Certificate? presented, SslPolicyErrors errors)
    {
        if (presented is not X509Certificate2 certificate)
        {
            return _options.VerifyClient != VerifyClient.Required;
        }

        if (_authorities.Count == 0)
        {
            return errors == SslPolicyErrors.None;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static SslStreamCertificateContext Load(RestApiOptions options)
    {
        var file = options.CertFile ?? throw new ArgumentException("restapi.certfile is not set.", nameof(options));
        var certificate = options.KeyFilePassword is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(file, password, options.KeyFile)
            : X509Certificate2.CreateFromPemFile(file, options.KeyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}
