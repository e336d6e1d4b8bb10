using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Settings;
using Router.Proxy.Authentication.Pam;

namespace Router.Command.Tests.Configuration.PgBouncer;

/// <summary>What is said of authentication that cannot be carried out as it is written.</summary>
public sealed class AuthFilesTests
{
    private readonly Findings _findings = new();

    [Theory]
    [InlineData("auth_type = hba", "p.ini:2:13: auth_type: hba needs auth_hba_file, without which nobody is let in; set it")]
    [InlineData("auth_type = ldap", "p.ini:2:13: auth_ldap_options: ldap needs ldapserver or ldapurl")]
    [InlineData("auth_type = ldap\nauth_ldap_options = ldapserver=a ldapprefix=b ldapport=x", "p.ini:3:21: auth_ldap_options: 'x' is no port")]
    [InlineData("auth_type = ldap\nauth_ldap_options = ldapserver=a ldapprefix=b", null)]
    [InlineData("auth_type = trust\nauth_ldap_options = nonsense\nauth_hba_file = /nowhere", null)]
    [InlineData("auth_hba_file = /nowhere", null)]
    public void What_counts_is_read_and_only_that(string lines, string? expected)
    {
        _ = AuthFiles.Read(Settings(lines), _findings);
        Assert.Equal(expected, _findings.All.SingleOrDefault()?.ToString());
    }

    [Theory]
    [InlineData("hostssl all all all cert", true)]
    [InlineData("hostssl all all all md5 clientcert=verify-ca", true)]
    [InlineData("hostssl all all all md5", false)]
    public void Certificates_that_nobody_is_asked_for_are_a_warning(string line, bool isWarned)
    {
        var hba = Path.GetTempFileName();
        try
        {
            File.WriteAllText(hba, line);
            _ = AuthFiles.Read(Settings($"auth_type = hba\nauth_hba_file = {hba}"), _findings);
            Assert.Equal(isWarned, _findings.All.SingleOrDefault()?.ToString().Contains(
                "warning: auth_type: the HBA file demands certificates", StringComparison.Ordinal) == true);
        }
        finally
        {
            File.Delete(hba);
        }
    }

    [Fact]
    public void A_library_that_is_not_there_is_named_with_what_to_install()
    {
        Assert.Null(PamLibrary.ProblemOf(PamLibrary.Name));
        Assert.Equal(
            "pam needs libnowhere.so.0, which cannot be loaded; install it (Debian: libpam0g)", PamLibrary.ProblemOf("libnowhere.so.0"));
    }

    private SettingValues Settings(string lines) => PgBouncerIni.Read(
        "p.ini", (_, _) => $"[pgbouncer]\n{lines}\n", _findings)!.Settings;
}
