using System.Diagnostics;
using Router.Protocol.Authentication;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Testing;

namespace Router.Proxy.Tests.Integration;

/// <summary>
/// A real PostgreSQL that speaks TLS only and wants a certificate of the proxy's, behind a proxy that verifies it, pools
/// transactions and speaks TLS with its own clients.
/// </summary>
public sealed class SecuredServer : RealServer
{
    public const string Password = "two words";

    public SecuredServer()
    {
        Certificates.Issue("router", Certificates.Path("router.pem"), Certificates.Path("router.key"));
        foreach (var user in (string[])["by_scram", "by_certificate"])
        {
            Certificates.Issue(user, Certificates.Path(user + ".pem"), Certificates.Path(user + ".key"));
        }

        // PostgreSQL wants its key to be its own.
        var owned = Certificates.Path("server.key");
        File.Copy(Certificates.KeyFile, owned);
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Process.Start("chown", ["postgres", owned]);
            chown.WaitForExit();
        }
    }

    public TestCertificates Certificates { get; } = new();

    public TlsOptions ClientTls => new()
    {
        Mode = TlsMode.Require,
        CertFile = Certificates.CertificateFile,
        KeyFile = Certificates.KeyFile,
        CaFile = Certificates.CaFile,
    };

    public ProxyOptions Secured => Options with { HoldTimeout = TimeSpan.FromSeconds(20) };

    protected override ProxyOptions Options => new()
    {
        ClientTls = ClientTls,
        ServerTls = new TlsOptions
        {
            Mode = TlsMode.VerifyFull,
            CaFile = Certificates.CaFile,
            CertFile = Certificates.Path("router.pem"),
            KeyFile = Certificates.Path("router.key"),
        },
        Pool = new PoolOptions
        {
            Mode = PoolMode.Transaction,
            PoolSize = 4,
            Authentication = AuthType.ScramSha256,
            AdminUsers = ["by_scram"],
            Users = new UserList(
                [
                    KeyValuePair.Create("by_scram", StoredPassword.Parse(Password)),
                    KeyValuePair.Create("by_certificate", StoredPassword.Parse(Password)),
                ]),
        },
    };

    protected override string[] Settings =>
    [
        "ssl=on", $"ssl_cert_file={Certificates.CertificateFile}", $"ssl_key_file={Certificates.Path("server.key")}",
        $"ssl_ca_file={Certificates.CaFile}", "password_encryption=scram-sha-256",
    ];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Postgres.ScalarAsync($"""
            CREATE ROLE by_scram LOGIN PASSWORD '{Password}';
            CREATE ROLE by_certificate LOGIN PASSWORD '{Password}';
            COPY (VALUES ('local all all trust'), ('hostssl all all all scram-sha-256 clientcert=verify-ca'))
                TO '{await Postgres.ScalarAsync("SHOW hba_file")}';
            SELECT pg_reload_conf();
            """);
    }
}
