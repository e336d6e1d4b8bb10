using System.Security.Cryptography;
using Router.Testing;

namespace Router.Transport.Tests;

/// <summary>Each setting that cannot be used is refused by its name, with the file and the reason.</summary>
public sealed class TlsContextTests : IDisposable
{
    private readonly TestCertificates _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void File_that_is_not_there_is_named()
    {
        var refused = Refused(Settings() with { CertificateFile = "/nowhere/server.crt" });
        Assert.Equal(TlsPart.CertificateFile, refused.Part);
        Assert.Equal("/nowhere/server.crt: there is no such file", refused.Message);
        Assert.Equal(TlsPart.KeyFile, Refused(Settings() with { KeyFile = "/nowhere/server.key" }).Part);
        Assert.Equal(TlsPart.AuthorityFile, Refused(Verifying() with { AuthorityFile = "/nowhere/ca.crt" }).Part);
    }

    [Fact]
    public void File_without_a_certificate_is_refused()
    {
        var refused = Refused(Settings() with { CertificateFile = _files.KeyFile });
        Assert.Equal(TlsPart.CertificateFile, refused.Part);
        Assert.Contains("no certificate in PEM", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no certificate", Refused(Verifying() with { AuthorityFile = _files.KeyFile }).Message, StringComparison.Ordinal);
        Assert.Contains("no private key", Refused(Settings() with { KeyFile = _files.CaFile }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_of_another_certificate_is_refused_with_both_files()
    {
        using var other = new TestCertificates();
        var refused = Refused(Settings() with { KeyFile = other.KeyFile });
        Assert.Equal(TlsPart.KeyFile, refused.Part);
        Assert.Equal($"{other.KeyFile}: it is not the key of {_files.CertificateFile}", refused.Message);
    }

    [Fact]
    public void Encrypted_key_is_refused_and_nobody_is_asked_for_its_passphrase()
    {
        using var key = ECDsa.Create();
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(_files.KeyFile, key.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));
        var refused = Refused(Settings());
        Assert.Contains("encrypted", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ciphers_suites_groups_and_versions_that_nobody_knows_are_refused()
    {
        Assert.Equal(TlsPart.Ciphers, Refused(Settings() with { Ciphers = "NONSENSE" }).Part);
        Assert.Equal(TlsPart.Tls13CipherSuites, Refused(Settings() with { Tls13CipherSuites = "NONSENSE" }).Part);
        Assert.Equal(TlsPart.Groups, Refused(Settings() with { Groups = "nonsense" }).Part);
        Assert.Equal(TlsPart.Protocols, Refused(Settings() with { Protocols = TlsProtocols.None }).Part);
    }

    private TlsSettings Settings() => new()
    {
        IsServer = true,
        CertificateFile = _files.CertificateFile,
        KeyFile = _files.KeyFile,
    };

    private TlsSettings Verifying() => Settings() with { Verification = TlsVerification.Authority };

    private static TlsException Refused(TlsSettings settings) =>
        Assert.Throws<TlsException>(() => TlsContext.Create(settings));
}
