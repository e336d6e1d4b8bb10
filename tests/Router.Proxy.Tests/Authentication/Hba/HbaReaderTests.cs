using System.Net;
using Router.Proxy.Authentication;
using Router.Proxy.Authentication.Hba;

namespace Router.Proxy.Tests.Authentication.Hba;

/// <summary>Lines of an HBA file, whom they mean, and what is said of those that cannot be read.</summary>
public sealed class HbaReaderTests
{
    [Theory]
    [InlineData("local all all peer", "app@db local", "Peer")]
    [InlineData("local all all peer", "app@db 127.0.0.1", null)]
    [InlineData("host all all all trust", "app@db local", null)]
    [InlineData("host all all all trust", "app@db 10.1.2.3", "Trust")]
    [InlineData("host all all all trust", "app@db ?", null)]
    [InlineData("local all all trust", "app@db ?", null)]
    [InlineData("hostssl all all all scram-sha-256", "app@db 10.1.2.3", null)]
    [InlineData("hostssl all all all scram-sha-256", "app@db 10.1.2.3 tls", "ScramSha256")]
    [InlineData("hostnossl all all all md5", "app@db 10.1.2.3", "Md5")]
    [InlineData("hostnossl all all all md5", "app@db 10.1.2.3 tls", null)]
    [InlineData("hostgssenc all all all trust", "app@db 10.1.2.3", null)]
    [InlineData("hostnogssenc all all all password", "app@db 10.1.2.3", "Plain")]
    [InlineData("host all all 10.0.0.0/8 reject", "app@db 10.255.0.1", "Reject")]
    [InlineData("host all all 10.0.0.0/8 trust", "app@db 11.0.0.0", null)]
    [InlineData("host all all 10.0.0.0 255.0.0.0 trust", "app@db 10.255.0.1", "Trust")]
    [InlineData("host all all 10.1.2.3 255.255.255.255 trust", "app@db 10.1.2.4", null)]
    [InlineData("host all all 0.0.0.0/0 trust", "app@db ::1", null)]
    [InlineData("host all all ::/0 trust", "app@db ::1", "Trust")]
    [InlineData("host all all ::/0 trust", "app@db 127.0.0.1", null)]
    [InlineData("host all all fe80::/10 trust", "app@db febf::1", "Trust")]
    [InlineData("host all all fe80:: ffc0:: trust", "app@db fec0::1", null)]
    [InlineData("host all all samehost trust", "app@db 192.168.7.1", "Trust")]
    [InlineData("host all all samehost trust", "app@db 192.168.7.2", null)]
    [InlineData("host all all samenet trust", "app@db 192.168.7.2", "Trust")]
    [InlineData("host all all samenet trust", "app@db 192.168.8.2", null)]
    [InlineData("host db all all trust", "app@db 10.1.2.3", "Trust")]
    [InlineData("host db all all trust", "app@other 10.1.2.3", null)]
    [InlineData("host a,db, c all all trust", "app@c 10.1.2.3", "Trust")]
    [InlineData("host a ,db all all trust", "app@db 10.1.2.3", "Trust")]
    [InlineData("host \"all\" all all trust", "app@db 10.1.2.3", null)]
    [InlineData("host \"all\" all all trust", "app@all 10.1.2.3", "Trust")]
    [InlineData("host \"a \"\"b#\" all all trust", "app@a \"b# 10.1.2.3", "Trust")]
    [InlineData("host a\" \"b all all trust", "app@a b 10.1.2.3", "Trust")]
    [InlineData("host sameuser all all trust", "app@app 10.1.2.3", "Trust")]
    [InlineData("host sameuser all all trust", "app@db 10.1.2.3", null)]
    [InlineData("host sameuser all all trust", "app@sameuser 10.1.2.3", null)]
    [InlineData("host all sameuser all trust", "sameuser@db 10.1.2.3", "Trust")]
    [InlineData("host all replication all trust", "replication@db 10.1.2.3", "Trust")]
    [InlineData("host replication all all trust", "app@replication 10.1.2.3", null)]
    [InlineData("host replication all all trust", "app@db 10.1.2.3 replication", "Trust")]
    [InlineData("host all all all trust", "app@db 10.1.2.3 replication", null)]
    [InlineData("host all app,ops all trust", "ops@db 10.1.2.3", "Trust")]
    [InlineData("host all App all trust", "app@db 10.1.2.3", null)]
    [InlineData("host all @names all trust", "app@db 10.1.2.3", "Trust")]
    [InlineData("host all @names all trust", "deep@db 10.1.2.3", "Trust")]
    [InlineData("host all @names all trust", "nobody@db 10.1.2.3", null)]
    [InlineData("host all \"@names\" all trust", "@names@db 10.1.2.3", "Trust")]
    [InlineData("host all all \\\n  all trust # and so on", "app@db 10.1.2.3", "Trust")]
    [InlineData("host all ops all trust\nhost all all all reject\nhost all app all trust", "app@db 10.1.2.3", "Reject")]
    [InlineData("", "app@db 10.1.2.3", null)]
    public void The_first_line_that_fits_decides(string text, string client, string? type)
    {
        var (rules, findings) = Read(text);
        Assert.Empty(findings);
        Assert.Equal(type, rules.Find(Facts(client))?.Type.ToString());
    }

    [Theory]
    [InlineData("bogus all all trust", "'bogus' is no kind of connection")]
    [InlineData("\"local\" all all trust", "'local' is no kind of connection")]
    [InlineData("local,host all all trust", "expected the kind of connection, not a list")]
    [InlineData("local", "ends where a database was expected")]
    [InlineData("local all", "ends where a user was expected")]
    [InlineData("local all all", "ends where a method was expected")]
    [InlineData("host all all trust", "'trust' is no address")]
    [InlineData("host all all localhost trust", "'localhost' is no address")]
    [InlineData("host all all 127.1/32 trust", "'127.1/32' is no address")]
    [InlineData("host all all 010.0.0.1/32 trust", "'010.0.0.1/32' is no address")]
    [InlineData("host all all 10.0.0.0/33 trust", "'/33' does not fit the address 10.0.0.0")]
    [InlineData("host all all 10.0.0.0/ trust", "'/' does not fit the address 10.0.0.0")]
    [InlineData("host all all 10.0.0.0/-1 trust", "'/-1' does not fit")]
    [InlineData("host all all 10.0.0.1/8 trust", "goes beyond its mask of 8 bits; write 10.0.0.0/8")]
    [InlineData("host all all 10.0.0.0 255.0.255.0 trust", "is no mask for 10.0.0.0")]
    [InlineData("host all all 10.0.0.0 trust", "'trust' is no mask for 10.0.0.0")]
    [InlineData("host all all ::1 255.255.255.255 trust", "is no mask for ::1")]
    [InlineData("host all all all gss", "there is no method 'gss' here")]
    [InlineData("host all all all peer", "peer is for local lines")]
    [InlineData("host all all all cert", "cert is for hostssl lines")]
    [InlineData("host all +admins all md5", "'+admins': roles' members")]
    [InlineData("host samerole all all md5", "'samerole': roles' members")]
    [InlineData("host /^a all all md5", "'/^a': roles' members and patterns")]
    [InlineData("host all all all md5 map=m", "the method has no option 'map'")]
    [InlineData("host all all all md5 clientcert=verify-ca", "clientcert belongs to hostssl lines")]
    [InlineData("hostssl all all all md5 clientcert=no", "clientcert=no does not fit")]
    [InlineData("hostssl all all all md5 more", "an option has the form name=value")]
    [InlineData("host all all all ldap", "ldap needs ldapserver or ldapurl")]
    [InlineData("host all all all ldap ldapserver=a ldapsufix=b", "ldap has no option 'ldapsufix'")]
    [InlineData("host all all all md5 ldapserver=a", "the method has no option 'ldapserver'")]
    [InlineData("host all all all md5 pamservice=a", "the method has no option 'pamservice'")]
    [InlineData("local all all peer map=nowhere", "the ident file has no map 'nowhere'")]
    [InlineData("local all \"all trust", "a quote is not closed")]
    [InlineData("local all all, trust,", "a list ends with a comma")]
    [InlineData("local all,,x all trust", "a comma stands where a word was expected")]
    [InlineData("local all @absent trust", "dir/absent: there is no such file")]
    [InlineData("local all @loop trust", "dir/loop: is named by itself, or too deep")]
    [InlineData("local all @broken trust", "dir/broken:2: a quote is not closed")]
    [InlineData("local all @empty trust", "expected a user, not an empty file")]
    public void A_line_that_cannot_be_used_is_told_by_its_number(string line, string words)
    {
        var (_, findings) = Read($"# first\nlocal all all trust\n{line}\n");
        var finding = Assert.Single(findings);
        Assert.Equal(("dir/hba", 3), (finding.Path, finding.Line));
        Assert.Contains(words, finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void All_bad_lines_are_told_at_once_and_a_file_that_cannot_be_read_is()
    {
        Assert.Equal([1, 2], Read("a\nb\n").Findings.Select(static finding => finding.Line));
        var findings = new List<HbaFinding>();
        var rules = new HbaReader(static _ => (null, "cannot be read: gone"), findings.Add).Read("hba", "ident");
        Assert.Equal([new("ident", 0, "cannot be read: gone"), new("hba", 0, "cannot be read: gone")], findings);
        Assert.Null(rules.Find(Facts("app@db 10.1.2.3")));
    }

    [Fact]
    public void Options_are_in_force()
    {
        var (rules, findings) = Read("local all all peer map=m\nhostssl all all all md5 clientcert=verify-full\n");
        Assert.Empty(findings);
        Assert.Equal("m", rules.Find(Facts("app@db local"))!.Map!.Name);
        var (others, none) = Read(
            "local all a pam\nlocal all b pam pamservice=mine\nlocal all c ldap ldapserver=\"one two\" ldapprefix=\"uid=\" ldapsuffix=\", dc=x\"\n");
        Assert.Empty(none);
        Assert.Equal(("pgbouncer", "mine"), (others.Find(Facts("a@db local"))!.PamService, others.Find(Facts("b@db local"))!.PamService));
        var ldap = others.Find(Facts("c@db local"))!.Ldap!;
        Assert.Equal(("uid=", ", dc=x", 389), (ldap.Prefix, ldap.Suffix, ldap.Port));
        Assert.Equal("one two", string.Join(" ", ldap.Servers));
        Assert.Equal(CertificateDemand.VerifyFull, rules.Find(Facts("app@db 10.1.2.3 tls"))!.Certificate);
    }

    [Fact]
    public void No_text_throws()
    {
        const string Pieces = "local host hostssl all , \" @loop @names \\ \n # 10.0.0.0/8 255.0.0.0 trust peer map= = + / é \0";
        var words = Pieces.Split(' ');
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Join(random.Next(3) == 0 ? "" : " ", Enumerable.Range(0, 12).Select(_ => words[random.Next(words.Length)]));
            _ = Read(text);
            _ = IdentReader.Read("ident", text, static _ => { });
        }
    }

    /// <summary>user@database address [tls] [replication]; the address is local, or ? where it is not known.</summary>
    private static HbaFacts Facts(string client)
    {
        var end = client.LastIndexOf('@');
        var words = client[(end + 1)..].Split(' ').ToList();
        var (isReplication, isTls) = (words.Remove("replication") && words.Count > 1, words.Remove("tls"));
        if (words.Count == 1)
        {
            // The database has that name.
            (words, isReplication) = (["replication", words[0]], false);
        }

        var address = words[^1];
        return new HbaFacts(
            client[..end], string.Join(' ', words[..^1]), address == "local",
            address is "local" or "?" ? null : IPAddress.Parse(address), isTls, isReplication)
        {
            OwnNetworks = [(IPAddress.Parse("192.168.7.1"), 24), (IPAddress.Parse("fe80::1"), 64)],
        };
    }

    private static (HbaRules Rules, List<HbaFinding> Findings) Read(string text)
    {
        var findings = new List<HbaFinding>();
        return (new HbaReader(TextOf, findings.Add).Read("dir/hba", "dir/ident"), findings);

        (string? Text, string? Problem) TextOf(string path) => path switch
        {
            "dir/hba" => (text, null),
            "dir/ident" => ("m root app", null),
            "dir/names" => ("app ops # both\n@inner/deep", null),
            "dir/inner/deep" => ("\"deep\"", null),
            "dir/loop" => ("@loop", null),
            "dir/broken" => ("a\n\"b", null),
            "dir/empty" => ("# nobody\n", null),
            _ => (null, "there is no such file"),
        };
    }
}
