using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Router.Testing;

/// <summary>
/// An authority and a certificate signed by it for 127.0.0.1, as PEM files in a temporary directory; and others of the
/// authority on demand.
/// </summary>
public sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("router-certificates-");
    private readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddDays(-1);
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private int _serial;

    public TestCertificates()
    {
        var request = new CertificateRequest("CN=test authority", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        _authority = request.CreateSelfSigned(_from, _from.AddDays(10));
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
        Issue("127.0.0.1", CertificateFile, KeyFile);

        // Whoever runs a program under test as another user.
        _directory.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.OtherRead;
    }

    public string CaFile => Path("ca.pem");

    public string CertificateFile => Path("certificate.pem");

    public string KeyFile => Path("key.pem");

    public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    /// <summary>A certificate of this CommonName, for servers and clients, and for 127.0.0.1.</summary>
    public void Issue(string commonName, string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // Server and client authentication: etcd also dials itself with its own certificate.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(_authority, _from, _from.AddDays(9), [1, 2, 3, (byte)++_serial]);
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The framework's TLS as a client that trusts this authority and no other.</summary>
    /// <param name="ownFile">A certificate to show; its key lies in <paramref name="ownKeyFile"/>.</param>
    public SslClientAuthenticationOptions ClientOptions(
        string? alpn = null, string? ownFile = null, string? ownKeyFile = null) => new()
        {
            TargetHost = "127.0.0.1",
            ApplicationProtocols = alpn is null ? null : [new SslApplicationProtocol(alpn)],
            ClientCertificates = ownFile is null ? null : [Load(ownFile, ownKeyFile!)],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(CaFile) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };

    /// <summary>The framework's TLS as a server with the certificate for 127.0.0.1.</summary>
    public SslServerAuthenticationOptions ServerOptions() => new() { ServerCertificate = Load(CertificateFile, KeyFile) };

    public void Dispose()
    {
        _authority.Dispose();
        _authorityKey.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>By way of PKCS #12, because a key that lives in memory only cannot be used by every platform's TLS.</summary>
    private static X509Certificate2 Load(string file, string keyFile)
    {
        using var pem = X509Certificate2.CreateFromPemFile(file, keyFile);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
    }
}
