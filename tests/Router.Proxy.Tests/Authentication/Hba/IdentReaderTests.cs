using Router.Proxy.Authentication.Hba;

namespace Router.Proxy.Tests.Authentication.Hba;

/// <summary>Lines of an ident file, and who may log in as whom by them.</summary>
public sealed class IdentReaderTests
{
    [Theory]
    [InlineData("m root app", "root", "app", true)]
    [InlineData("m root app", "root", "root", false)]
    [InlineData("m root app", "toor", "app", false)]
    [InlineData("m root all", "root", "anybody", true)]
    [InlineData("m root \"all\"", "root", "anybody", false)]
    [InlineData("m root \"all\"", "root", "all", true)]
    [InlineData("m \"two words\" app", "two words", "app", true)]
    [InlineData("m root ops\nm root app", "root", "app", true)]
    [InlineData("other root app\nm root ops", "root", "app", false)]
    [InlineData("m /^(.*)@example\\.com$ \\1", "app@example.com", "app", true)]
    [InlineData("m /^(.*)@example\\.com$ \\1", "app@example.org", "app", false)]
    [InlineData("m /^(.*)@example\\.com$ \\1", "app@example.com", "ops", false)]
    [InlineData("m \"/^([a-z]+) \" db_\\1", "app x", "db_app", true)]
    [InlineData("m /^a app", "abc", "app", true)]
    [InlineData("m /^a all", "abc", "anybody", true)]
    [InlineData("m /^a all", "bc", "anybody", false)]
    public void A_map_allows_what_its_lines_say(string text, string identity, string user, bool isAllowed)
    {
        var maps = IdentReader.Read("ident", text, static finding => Assert.Fail(finding.Sentence));
        Assert.Equal(isAllowed, maps["m"].Allows(identity, user));
    }

    [Theory]
    [InlineData("m root", "expected three words")]
    [InlineData("m root app more", "expected three words")]
    [InlineData("m a,b app", "expected three words")]
    [InlineData("m /( app", "the pattern '/(' cannot be read")]
    [InlineData("m /(?<=a)b app", "cannot be read")]
    [InlineData("m /^a \\1", "'\\1' wants a group of the pattern '/^a', which has none")]
    [InlineData("m root +staff", "groups and patterns are not known")]
    [InlineData("m root /^a", "groups and patterns are not known")]
    [InlineData("m \"root app", "a quote is not closed")]
    public void A_line_that_cannot_be_used_is_told_by_its_number(string line, string words)
    {
        var findings = new List<HbaFinding>();
        _ = IdentReader.Read("ident", $"\nm root app\n{line}", findings.Add);
        var finding = Assert.Single(findings);
        Assert.Equal(("ident", 3), (finding.Path, finding.Line));
        Assert.Contains(words, finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_others_would_choke_on_takes_no_time() => Assert.False(
        IdentReader.Read("ident", "m /^(a+)+$ app", static _ => { })["m"].Allows(new string('a', 50_000) + "b", "app"));
}
