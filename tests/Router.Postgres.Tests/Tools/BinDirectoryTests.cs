using Router.Postgres.Tools;

namespace Router.Postgres.Tests.Tools;

public sealed class BinDirectoryTests
{
    private static readonly string[] Versions = ["/versions/16/bin", "/versions/15/bin"];

    [Fact]
    public void Search_path_comes_first() =>
        Assert.Equal("/b", BinDirectory.Find("/a:/b", Versions, path => path.StartsWith("/b/", StringComparison.Ordinal)));

    [Fact]
    public void Directory_that_lacks_a_program_is_passed_over() =>
        Assert.Equal("/versions/15/bin", BinDirectory.Find("/a", Versions, path =>
            path.StartsWith("/versions/15/", StringComparison.Ordinal) || path == "/a/postgres"));

    [Fact]
    public void Newest_version_is_taken() => Assert.Equal("/versions/16/bin", BinDirectory.Find("", Versions, _ => true));

    [Fact]
    public void Nothing_is_made_up() => Assert.Null(BinDirectory.Find("/a", Versions, _ => false));
}
