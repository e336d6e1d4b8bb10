using System.Diagnostics;
using System.Globalization;
using Router.Demo;
using Router.Testing;

namespace Router.Integration.Tests.Bouncer;

/// <summary>A real OpenLDAP server in a directory of its own, by LDAP with StartTLS and by LDAPS.</summary>
internal sealed class ScratchSlapd : IDisposable
{
    public const string BaseDn = "dc=example,dc=com";

    private const string Entries = $"""
        dn: {BaseDn}
        objectClass: domain
        dc: example

        dn: cn=searcher,{BaseDn}
        objectClass: person
        cn: searcher
        sn: searcher
        userPassword: looking

        dn: ou=people,{BaseDn}
        objectClass: organizationalUnit
        ou: people

        dn: uid=app,ou=people,{BaseDn}
        objectClass: inetOrgPerson
        uid: app
        cn: The Application
        sn: app
        mail: app@example.com
        userPassword: from the directory

        dn: uid=secret,ou=people,{BaseDn}
        objectClass: inetOrgPerson
        uid: secret
        cn: secret
        sn: secret
        userPassword: from the directory

        dn: uid=admin,ou=people,{BaseDn}
        objectClass: inetOrgPerson
        uid: admin
        cn: admin
        sn: admin
        userPassword: admin

        dn: uid=stats,ou=people,{BaseDn}
        objectClass: inetOrgPerson
        uid: stats
        cn: twins
        sn: stats
        userPassword: stats

        dn: uid=other,ou=people,{BaseDn}
        objectClass: inetOrgPerson
        uid: other
        cn: twins
        sn: other
        userPassword: other

        """;

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("slapd-").FullName;
    private readonly Process _process;

    private ScratchSlapd()
    {
        Certificates.Issue("127.0.0.1", Path.Combine(_directory, "server.pem"), Path.Combine(_directory, "server.key"));
        System.IO.Directory.CreateDirectory(Path.Combine(_directory, "data"));
        File.WriteAllText(Path.Combine(_directory, "entries.ldif"), Entries);
        File.WriteAllText(Path.Combine(_directory, "slapd.conf"), $"""
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            pidfile {_directory}/slapd.pid
            modulepath /usr/lib/ldap
            moduleload back_mdb
            TLSCACertificateFile {Certificates.CaFile}
            TLSCertificateFile {_directory}/server.pem
            TLSCertificateKeyFile {_directory}/server.key
            database mdb
            suffix {BaseDn}
            directory {_directory}/data
            access to attrs=userPassword by anonymous auth
            access to dn.subtree=ou=people,{BaseDn} by dn.exact=cn=searcher,{BaseDn} read by * none
            access to * by * none

            """);
        var ports = FreePort.Take(2);
        (Port, SecurePort) = (ports[0], ports[1]);
        using (var filling = RouterCommand.StartAsIs(
            Path.Combine(_directory, "slapadd.log"), "/usr/sbin/slapadd", "-f", Path.Combine(_directory, "slapd.conf"),
            "-l", Path.Combine(_directory, "entries.ldif")))
        {
            filling.WaitForExit();
        }

        _process = RouterCommand.StartAsIs(
            Path.Combine(_directory, "slapd.log"), "/usr/sbin/slapd", "-d", "0", "-f", Path.Combine(_directory, "slapd.conf"),
            "-h", string.Create(CultureInfo.InvariantCulture, $"ldap://127.0.0.1:{Port} ldaps://127.0.0.1:{SecurePort}"));
    }

    public TestCertificates Certificates { get; } = new();

    public int Port { get; }

    public int SecurePort { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    public static async Task<ScratchSlapd> StartAsync()
    {
        var slapd = new ScratchSlapd();
        await Eventually.TrueAsync(
            () => slapd._process.HasExited || File.Exists(Path.Combine(slapd._directory, "slapd.pid")), "the directory serves");
        Assert.False(slapd._process.HasExited, await File.ReadAllTextAsync(Path.Combine(slapd._directory, "slapd.log")));
        return slapd;
    }

    /// <summary>It takes connections and answers nothing.</summary>
    public void Freeze() => MemberProcesses.Signal(_process.Id, 19);

    public void Thaw() => MemberProcesses.Signal(_process.Id, 18);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Certificates.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
    }
}
