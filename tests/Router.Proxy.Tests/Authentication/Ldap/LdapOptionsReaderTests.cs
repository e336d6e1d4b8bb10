using Router.Proxy.Authentication.Ldap;

namespace Router.Proxy.Tests.Authentication.Ldap;

/// <summary>What auth_ldap_options may say, and what it means.</summary>
public sealed class LdapOptionsReaderTests
{
    [Theory]
    [InlineData("ldapserver=a ldapprefix=uid=", "a:389 plain uid=|| Subtree")]
    [InlineData("ldapserver=a, ldapport=1389, ldapsuffix=@example.com", "a:1389 plain |@example.com| Subtree")]
    [InlineData("\"ldapserver\"=\"a b\" ldapscheme=ldaps ldapprefix=\"cn=\" ldapsuffix=\", dc=x \"\"y\"\"\"", "a,b:636 ldaps cn=|, dc=x \"y\"| Subtree")]
    [InlineData("ldapserver=a ldaptls=1 ldapbasedn=\"dc=x,dc=y\"", "a:389 starttls ||dc=x,dc=y Subtree")]
    [InlineData("ldapserver=a ldaptls=0 ldapbasedn=dc=x ldapbinddn=cn=s ldapbindpasswd=p ldapsearchattribute=mail", "a:389 plain ||dc=x Subtree")]
    [InlineData("ldapurl=ldap://a/dc=x", "a:389 plain ||dc=x Base")]
    [InlineData("ldapurl=\"ldaps://a:1636/dc=x,dc=y?mail?sub\"", "a:1636 ldaps ||dc=x,dc=y Subtree")]
    [InlineData("ldapurl=ldap://[::1]:1389/o%3Dx%20y??one?(uid=$username)", "::1:1389 plain ||o=x y OneLevel")]
    [InlineData("ldapurl=ldap://[::1]/o=x", "::1:389 plain ||o=x Base")]
    public void Options_mean_what_PostgreSQL_takes_them_for(string text, string expected)
    {
        var options = LdapOptionsReader.Read(text);
        var security = options.IsSecure ? "ldaps" : options.StartsTls ? "starttls" : "plain";
        Assert.Equal(expected, $"{string.Join(',', options.Servers)}:{options.Port} {security} "
            + $"{options.Prefix}|{options.Suffix}|{options.BaseDn} {options.Scope}");
    }

    [Theory]
    [InlineData("", "ldap needs ldapserver or ldapurl")]
    [InlineData("ldapprefix=uid=", "ldap needs ldapserver or ldapurl")]
    [InlineData("ldapserver=a", "ldap needs either ldapprefix or ldapsuffix, or else ldapbasedn")]
    [InlineData("ldapserver=a ldapprefix=x ldapbasedn=y", "ldap needs either")]
    [InlineData("ldapserver=a ldapprefix=x ldapbinddn=y", "ldap needs either")]
    [InlineData("ldapserver=a ldapbinddn=y", "ldap needs either")]
    [InlineData("ldapserver=a ldapbasedn=x ldapsearchattribute=a ldapsearchfilter=(a=b)", "exclude each other")]
    [InlineData("ldapserver=a ldapbasedn=x ldapsearchfilter=uid=b", "is no filter that is known here")]
    [InlineData("ldapserver=a ldapprefix=x ldapscheme=http", "'http' is no scheme")]
    [InlineData("ldapserver=a ldapprefix=x ldapport=0", "'0' is no port")]
    [InlineData("ldapserver=a ldapprefix=x ldapport=70000", "'70000' is no port")]
    [InlineData("ldapserver=a ldapprefix=x ldaptls=yes", "ldaptls is 0 or 1")]
    [InlineData("ldapserver=a ldapprefix=x ldapscheme=ldaps ldaptls=1", "ldaps has TLS from the beginning")]
    [InlineData("ldapurl=ldaps://a/b ldaptls=1", "ldaps has TLS from the beginning")]
    [InlineData("ldapurl=ldap://a", "ldapurl has the form")]
    [InlineData("ldapurl=http://a/b", "'http' is no scheme")]
    [InlineData("ldapurl=ldap://a/b??all", "the scope of an ldapurl is base, one or sub")]
    [InlineData("ldapserver= ldapprefix=x", "ldapserver has no value")]
    [InlineData("ldapserver=a other=x", "ldap has no option 'other'")]
    [InlineData("ldapserver=a ldapbindpasswd=\"secret", "a quote is not closed")]
    [InlineData("ldapserver=a ldapbindpasswd secret", "every word has the form name=value")]
    public void What_does_not_fit_is_said_without_a_secret(string text, string words)
    {
        var refused = Assert.Throws<FormatException>(() => LdapOptionsReader.Read(text));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_is_not_printed() => Assert.DoesNotContain(
        "secret", LdapOptionsReader.Read("ldapserver=a ldapbasedn=x ldapbindpasswd=secret").ToString(), StringComparison.Ordinal);
}
