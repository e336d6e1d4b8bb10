using System.Globalization;
using Router.Configuration;
using Router.Configuration.Proxy;
using Router.Configuration.Yaml;
using Router.Proxy;
using Router.Proxy.Authentication;
using Router.Testing;
using Router.Transport;

namespace Router.Command.Tests.Configuration.Proxy;

/// <summary>The keys of TLS in a router.yml, and each file that cannot be used with its place.</summary>
public sealed class TlsSectionTests : IDisposable
{
    private readonly TestCertificates _files = new();
    private readonly Findings _findings = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Without_keys_clients_are_served_in_clear_and_members_asked_for_TLS()
    {
        var options = Read("");
        Assert.Equal((TlsMode.Disable, TlsMode.Prefer), (options.ClientTls.Mode, options.ServerTls.Mode));
        Assert.Equal((TlsOptions.Disabled, TlsOptions.Preferred), (options.ClientTls, options.ServerTls));
    }

    [Fact]
    public void Every_key_is_read()
    {
        var options = Read($"""
            client_tls_sslmode: verify-full
            client_tls_key_file: {_files.KeyFile}
            client_tls_cert_file: {_files.CertificateFile}
            client_tls_ca_file: {_files.CaFile}
            client_tls_protocols: tlsv1.3
            client_tls_ciphers: fast
            client_tls13_ciphers: TLS_AES_128_GCM_SHA256
            client_tls_ecdhcurve: prime256v1
            client_tls_dheparams: none
            server_tls_sslmode: verify-ca
            server_tls_key_file: {_files.KeyFile}
            server_tls_cert_file: {_files.CertificateFile}
            server_tls_ca_file: {_files.CaFile}
            server_tls_protocols: tlsv1.2, tlsv1.3
            server_tls_ciphers: HIGH
            server_tls13_ciphers: TLS_AES_256_GCM_SHA384
            pool_mode: transaction
            auth_type: cert
            """);
        Assert.Equal(
            new TlsOptions
            {
                Mode = TlsMode.VerifyFull,
                KeyFile = _files.KeyFile,
                CertFile = _files.CertificateFile,
                CaFile = _files.CaFile,
                Protocols = TlsProtocols.Tls13,
                Ciphers = "fast",
                Tls13Ciphers = "TLS_AES_128_GCM_SHA256",
                EcdhCurve = "prime256v1",
                DheParams = "none",
            },
            options.ClientTls);
        Assert.Equal(
            new TlsOptions
            {
                Mode = TlsMode.VerifyCa,
                KeyFile = _files.KeyFile,
                CertFile = _files.CertificateFile,
                CaFile = _files.CaFile,
                Protocols = TlsProtocols.Secure,
                Ciphers = "HIGH",
                Tls13Ciphers = "TLS_AES_256_GCM_SHA384",
            },
            options.ServerTls);
        Assert.Equal(AuthType.Cert, options.Pool!.Authentication);
    }

    [Theory]
    [InlineData("secure")]
    [InlineData("fast")]
    [InlineData("normal")]
    [InlineData("all")]
    [InlineData("default")]
    public void Every_short_word_for_ciphers_is_known_to_OpenSSL(string word) => Read($"server_tls_ciphers: {word}");

    [Theory]
    [InlineData("auto")]
    [InlineData("none")]
    [InlineData("prime256v1:X25519")]
    public void Every_short_word_for_curves_is_known_to_OpenSSL(string word) => Read(WithFiles("require") + $"client_tls_ecdhcurve: {word}\n");

    [Theory]
    [InlineData("server_tls_sslmode: mandatory", "7:21: server_tls_sslmode: 'mandatory' does not fit")]
    [InlineData("server_tls_ca_file: /nowhere/ca.crt\nserver_tls_sslmode: verify-ca", "7:21: server_tls_ca_file: /nowhere/ca.crt: there is no such file")]
    [InlineData("server_tls_protocols: tlsv1.9", "7:23: server_tls_protocols: 'tlsv1.9' does not fit")]
    [InlineData("server_tls_ciphers: NONSENSE", "7:21: server_tls_ciphers: 'NONSENSE'")]
    [InlineData("client_tls_sslmode: require", "client_tls_cert_file: is needed to speak TLS with clients")]
    [InlineData("server_tls_key_file: /k", "server_tls_cert_file: is needed beside the key")]
    [InlineData("pool_mode: session\nauth_type: cert", "8:12: auth_type: cert needs client_tls_sslmode: verify-full")]
    public void What_cannot_be_used_is_told_with_its_place(string yaml, string expected) =>
        Assert.Contains(expected, Refusal(yaml), StringComparison.Ordinal);

    [Fact]
    public void Verified_clients_need_an_authority() => Assert.Contains(
        "client_tls_ca_file: is needed to verify clients", Refusal(WithFiles("verify-ca")), StringComparison.Ordinal);

    [Fact]
    public void Key_of_another_certificate_is_told_with_its_place()
    {
        using var other = new TestCertificates();
        var yaml = WithFiles("require").Replace(_files.KeyFile, other.KeyFile, StringComparison.Ordinal);
        Assert.Contains(
            $"8:22: client_tls_key_file: {other.KeyFile}: it is not the key of {_files.CertificateFile}", Refusal(yaml),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0600", true)]
    [InlineData("0400", true)]
    [InlineData("0604", false)]
    [InlineData("0660", false)]
    [InlineData("0750", false)]
    public void Key_that_others_may_read_is_refused(string mode, bool isGood)
    {
        File.SetUnixFileMode(_files.KeyFile, (UnixFileMode)Convert.ToInt32(mode, 8));
        if (isGood)
        {
            Read(WithFiles("require"));
        }
        else
        {
            Assert.Contains(
                $"8:22: client_tls_key_file: {_files.KeyFile} may be read by others than its owner; use 'chmod 06",
                Refusal(WithFiles("require")), StringComparison.Ordinal);
        }
    }

    private string WithFiles(string mode) => $"""
        client_tls_sslmode: {mode}
        client_tls_key_file: {_files.KeyFile}
        client_tls_cert_file: {_files.CertificateFile}

        """;

    private string Refusal(string yaml)
    {
        Assert.Null(Parse(yaml));
        return string.Join('\n', _findings.All);
    }

    private ProxyOptions Read(string yaml)
    {
        var configuration = Parse(yaml);
        Assert.Empty(_findings.All);
        return configuration!.Proxy;
    }

    private ProxyConfiguration? Parse(string yaml)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            scope: demo
            etcd3:
              hosts: [127.0.0.1:2379]
            listen:
              primary: 127.0.0.1:6432
            loops: 1
            {yaml}
            """);
        return RouterYaml.Read(YamlReader.Read("router.yml", text, _findings)!, _findings).Configuration;
    }
}
