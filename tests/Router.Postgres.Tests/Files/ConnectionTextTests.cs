using Router.Cluster;
using Router.Postgres.Files;
using Router.Postgres.Options;

namespace Router.Postgres.Tests.Files;

public sealed class ConnectionTextTests
{
    [Fact]
    public void Odd_letters_are_quoted_and_read_back_and_no_password_is_there()
    {
        var user = new PostgresCredentials(@"o'dd \user", "topsecret") { SslMode = "verify-full" };

        var text = ConnectionText.Write(new MemberAddress("::1", 5433), user, "/var/my pass", "post'gres", "node-1");

        Assert.DoesNotContain("topsecret", text, StringComparison.Ordinal);
        var pairs = ConnectionText.Parse(text);
        Assert.Equal(@"o'dd \user", pairs["user"]);
        Assert.Equal("/var/my pass", pairs["passfile"]);
        Assert.Equal(("::1", "5433"), (pairs["host"], pairs["port"]));
        Assert.Equal(("post'gres", "node-1"), (pairs["dbname"], pairs["application_name"]));
        Assert.Equal("verify-full", pairs["sslmode"]);
    }

    [Fact]
    public void Credentials_print_without_their_password() =>
        Assert.DoesNotContain("topsecret", new PostgresCredentials("u", "topsecret").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Password_file_escapes_its_separators()
    {
        var text = PassFile.Write(
            new MemberAddress("::1", 5432), new PostgresCredentials("a:b", @"p\w:d"), new PostgresCredentials("peer", null));

        Assert.Equal("\\:\\:1:5432:*:a\\:b:p\\\\w\\:d\n", text);
    }
}
