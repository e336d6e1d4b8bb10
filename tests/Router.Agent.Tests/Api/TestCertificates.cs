using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Router.Agent.Tests.Api;

/// <summary>An authority, what it signed, and a certificate of another authority, in files of a directory of its own.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rest-tls-").FullName;
    private readonly X509Certificate2 _authority = Authority("CN=cluster");
    private byte _serialNumber;

    public TestCertificates()
    {
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
        WriteSigned(ClientFile, _authority, "CN=client");
        using var other = Authority("CN=elsewhere");
        WriteSigned(ForeignFile, other, "CN=client");
        RenewServer();
    }

    public string AuthorityFile => Path.Combine(_directory, "ca.pem");

    /// <summary>Certificate and key in one file.</summary>
    public string ServerFile => Path.Combine(_directory, "server.pem");

    public string ClientFile => Path.Combine(_directory, "client.pem");

    public string ForeignFile => Path.Combine(_directory, "foreign.pem");

    public void RenewServer() => WriteSigned(ServerFile, _authority, "CN=127.0.0.1");

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static X509Certificate2 Authority(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private void WriteSigned(string file, X509Certificate2 authority, string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), [1, 2, 3, ++_serialNumber]);
        File.WriteAllText(file, signed.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}
