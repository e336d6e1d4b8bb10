using System.Formats.Asn1;
using System.Text;
using Router.Proxy.Authentication.Ldap;

namespace Router.Proxy.Tests.Authentication.Ldap;

/// <summary>Filters as bytes, and a user's name that never becomes a part of one.</summary>
public sealed class LdapFilterTests
{
    [Theory]
    [InlineData("(uid=$username)", "app", "a30a 0403.uid 0403.app")]
    [InlineData("(uid=x$username-$username)", "a", "a30b 0403.uid 0404.xa-a")]
    [InlineData("(objectClass=*)", "app", "870b.objectClass")]
    [InlineData("(&(uid=$username)(!(locked=1)))", "a", "a019 a308 0403.uid 0401.a a20d a30b 0406.locked 0401.1")]
    [InlineData("(|(a=b)(c=d))", "x", "a110 a306 0401.a 0401.b a306 0401.c 0401.d")]
    [InlineData("(cn=$username*)", "app", "a40b 0402.cn 3005 8003.app")]
    [InlineData("(cn=*m*d*)", "app", "a40c 0402.cn 3006 8101.m 8101.d")]
    [InlineData("(cn=a*z)", "app", "a40c 0402.cn 3006 8001.a 8201.z")]
    [InlineData("(n>=1)", "x", "a506 0401.n 0401.1")]
    [InlineData("(n<=1)", "x", "a606 0401.n 0401.1")]
    [InlineData("(n~=1)", "x", "a806 0401.n 0401.1")]
    [InlineData("(cn=a\\2ab)", "x", "a309 0402.cn 0403.a*b")]
    [InlineData("(uid=$username)", "*", "a308 0403.uid 0401.*")]
    [InlineData("(uid=$username)", "a)(|(uid=*", "a311 0403.uid 040a.a)(|(uid=*")]
    [InlineData("(uid=$username)", "\\2a", "a30a 0403.uid 0403.\\2a")]
    [InlineData("(uid=$username)", "$username", "a310 0403.uid 0409.$username")]
    public void A_filter_is_written_as_RFC_4511_says(string text, string user, string expected)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        LdapFilter.Parse(text).Write(writer, user);
        Assert.Equal(Bytes(expected), Convert.ToHexStringLower(writer.Encode()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("uid=a")]
    [InlineData("(uid=a")]
    [InlineData("(uid=a))")]
    [InlineData("(uid)")]
    [InlineData("(=a)")]
    [InlineData("($username=a)")]
    [InlineData("(&)")]
    [InlineData("(!(a=b)(c=d))")]
    [InlineData("(cn=a**b)")]
    [InlineData("(n>=a*)")]
    [InlineData("(cn=\\2)")]
    [InlineData("(cn=\\zz)")]
    [InlineData("(cn:dn:=a)")]
    public void What_is_no_filter_is_refused(string text) => Assert.Throws<FormatException>(() => LdapFilter.Parse(text));

    [Fact]
    public void Depth_is_bounded() => Assert.Throws<FormatException>(
        () => LdapFilter.Parse(string.Concat(Enumerable.Repeat("(!", 10_000)) + "(a=b)" + new string(')', 10_000)));

    [Theory]
    [InlineData("uid=", "app", ",dc=x", "uid=app,dc=x")]
    [InlineData("uid=", "a,dc=y", ",dc=x", "uid=a\\,dc\\=y,dc=x")]
    [InlineData("uid=", " #a\"+\\<>; ", ",dc=x", "uid=\\ #a\\\"\\+\\\\\\<\\>\\;\\ ,dc=x")]
    [InlineData("uid=", "#a\n", ",dc=x", "uid=\\#a\\0a,dc=x")]
    [InlineData("", "app", "@example.com", "app@example.com")]
    [InlineData("EXAMPLE\\", "app", "", "EXAMPLE\\app")]
    [InlineData("", "cn=admin,dc=x", "@example.com", null)]
    [InlineData("EXAMPLE\\", "..\\app", "", null)]
    public void A_name_is_a_value_of_the_name_that_is_bound_as(string prefix, string user, string suffix, string? expected) =>
        Assert.Equal(expected, LdapNames.Of(prefix, user, suffix));

    /// <summary>Words of hexadecimal digits, with text behind a point.</summary>
    private static string Bytes(string words) => string.Concat(words.Split(' ').Select(static word =>
        word.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0
            ? word[..dot] + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word[(dot + 1)..]))
            : word));
}
