using Router.Configuration;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration.Yaml;

public sealed class YamlReaderTests
{
    private readonly Findings _findings = new();

    [Fact]
    public void Every_value_knows_its_line_and_column_counted_from_one()
    {
        var document = Read("a: 1\nb:\n  - x\n  - c: on\n");
        Assert.Equal(new SourcePosition("f.yml", 1, 4), document.Find("a")!.Value.At);
        Assert.Equal(new SourcePosition("f.yml", 2, 1), document.Find("b")!.At);
        var list = Assert.IsType<YamlSequence>(document.Find("b")!.Value);
        Assert.Equal(new SourcePosition("f.yml", 3, 5), list.Items[0].At);
        var nested = Assert.IsType<YamlMapping>(list.Items[1]);
        Assert.Equal(new SourcePosition("f.yml", 4, 8), nested.Find("c")!.Value.At);
    }

    [Fact]
    public void Every_repeated_key_is_reported_and_the_first_one_counts()
    {
        var document = Read("a: 1\nb: 2\na: 3\nb: 4\n");
        Assert.Equal(
            [
                "f.yml:3:1: a: written twice (first at line 1); remove one of them",
                "f.yml:4:1: b: written twice (first at line 2); remove one of them",
            ],
            _findings.All.Select(finding => finding.ToString()));
        Assert.Equal("1", Assert.IsType<YamlScalar>(document.Find("a")!.Value).Text);
    }

    [Fact]
    public void Anchors_and_merge_keys_bring_entries_that_own_keys_win_over()
    {
        var document = Read("base: &base {a: 1, b: 2}\nown:\n  <<: *base\n  b: 3\nsame: *base\n");
        var own = Assert.IsType<YamlMapping>(document.Find("own")!.Value);
        Assert.Equal("""{"b":3,"a":1}""", YamlTypes.ToJson(own));
        Assert.Same(document.Find("base")!.Value, document.Find("same")!.Value);
    }

    [Theory]
    [InlineData("a: [1, 2", 2)]
    [InlineData("a: 1\n b: 2\n", 2)]
    [InlineData("a: 1\n\tb: 2\n", 1)]
    [InlineData("a: *nowhere\n", 1)]
    [InlineData("a: [b\nc: d\n", 1)]
    public void Malformed_text_is_one_error_with_its_line(string text, int line)
    {
        Assert.Null(YamlReader.Read("f.yml", text, _findings));
        var finding = Assert.Single(_findings.All);
        Assert.Equal(line, finding.At.Line);
        Assert.StartsWith("not valid YAML", finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("router.example.yml")]
    [InlineData("patroni.example.yml")]
    public void Damaged_text_is_an_error_or_a_document_and_nothing_else(string name)
    {
        var text = File.ReadAllText(Repository.ConfigurationFile(name));
        var random = new Random(7);
        const string Marks = "[]{}:-#&*!|>'\"%@`,?\t\n \0\u0085é<=";
        for (var round = 0; round < 3000; round++)
        {
            var (at, length) = (random.Next(text.Length), random.Next(20));
            var damaged = text[..at] + Marks[random.Next(Marks.Length)] + text[Math.Min(text.Length, at + length)..];
            var findings = new Findings();
            Assert.True(YamlReader.Read("f.yml", damaged, findings) is not null || findings.HasErrors);
        }
    }

    [Fact]
    public void Nesting_has_a_bound()
    {
        Assert.Null(YamlReader.Read("f.yml", "a: " + new string('[', 100) + new string(']', 100), _findings));
        Assert.Contains("nested too deeply", Assert.Single(_findings.All).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    public void Nothing_is_an_empty_mapping(string text) => Assert.Empty(Read(text).Entries);

    [Theory]
    [InlineData("- a\n- b\n")]
    [InlineData("word\n")]
    public void Anything_but_a_mapping_at_the_top_is_refused(string text)
    {
        Assert.Null(YamlReader.Read("f.yml", text, _findings));
        Assert.True(_findings.HasErrors);
    }

    [Fact]
    public void Upper_mapping_replaces_adds_merges_and_deletes()
    {
        var merged = Read("a: {x: 1, y: 2}\nb: [1]\nc: 3\n").Under(Read("a: {y: 5}\nb: [7]\nc: null\nd: 4\n"));
        Assert.Equal("""{"a":{"x":1,"y":5},"b":[7],"d":4}""", YamlTypes.ToJson(merged));
    }

    private YamlMapping Read(string text)
    {
        var document = YamlReader.Read("f.yml", text, _findings);
        Assert.NotNull(document);
        return document;
    }
}
