using Router.Configuration.PgBouncer.Ini;

namespace Router.Command.Tests.Configuration.PgBouncer.Ini;

public sealed class IniReaderTests
{
    private readonly IniTexts _texts = new();

    [Fact]
    public void Comment_has_its_own_line_and_its_signs_belong_to_a_value()
    {
        Read("; one\n  # two\n\n[s]\nkey = a ; b # c\n");
        Assert.Equal("[s]@4:1 key@5:1=a ; b # c@5:7", Shown());
    }

    [Theory]
    [InlineData("key=value", "key@2:1=value@2:5")]
    [InlineData("  key \t = \t value \t", "key@2:3=value@2:13")]
    [InlineData("key = value\r", "key@2:1=value@2:7")]
    [InlineData("key =", "key@2:1=@2:6")]
    [InlineData("a-b.c_d*9 = x", "a-b.c_d*9@2:1=x@2:13")]
    [InlineData("'a b=c' = x", "a b=c@2:1=x@2:11")]
    [InlineData("key = 'kept' \"too\"", "key@2:1='kept' \"too\"@2:7")]
    [InlineData("key = a = b", "key@2:1=a = b@2:7")]
    [InlineData("= x", "@2:1=x@2:3")]
    [InlineData("%includes = x", "!")]
    [InlineData("key value", "!")]
    [InlineData("key", "!")]
    [InlineData("a b = c", "!")]
    [InlineData("'a = c", "!")]
    [InlineData("\"a\" = c", "!")]
    [InlineData("é = c", "!")]
    public void Line_is_a_key_and_a_value(string line, string expected)
    {
        Read($"[s]\n{line}\n");
        Assert.Equal(expected == "!" ? "[s]@1:1" : $"[s]@1:1 {expected}", Shown());
        Assert.Equal(expected == "!", _texts.Findings.HasErrors);
    }

    [Fact]
    public void Entry_may_follow_a_header_on_its_line()
    {
        Read("[a] [b] key = x\n");
        Assert.Equal("[a]@1:1 [b]@1:5 key@1:9=x@1:15", Shown());
    }

    [Fact]
    public void Section_and_key_may_come_again()
    {
        Read("[a]\nk = 1\n[b]\n[a]\nk = 2\n");
        Assert.Equal("[a]@1:1 k@2:1=1@2:5 [b]@3:1 [a]@4:1 k@5:1=2@5:5", Shown());
    }

    [Fact]
    public void Section_goes_on_in_an_included_file_and_behind_it()
    {
        _texts.With("more.ini", "b = 2\n[t]\n").With("empty.ini", "");
        Read("[s]\na = 1\n%include\tmore.ini \nc = 3\n%include empty.ini\n");
        Assert.Equal("[s]@1:1 a@2:1=1@2:5 b@1:1=2@1:5 [t]@2:1 c@4:1=3@4:5", Shown());
    }

    [Fact]
    public void Position_names_the_file_that_the_line_is_in()
    {
        _texts.With("more.ini", "b : 2\n").With("p.ini", "[s]\n%include more.ini\n");
        Read();
        Assert.StartsWith("more.ini:1:3: expected 'key = value' here", _texts.All, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_is_said_at_once()
    {
        Read("early = 1\n[s\nkey\n%include \n%include none.ini\n");
        Assert.Equal(
            """
            p.ini:1:1: early: stands before the first header; write [pgbouncer] above it
            p.ini:2:1: a header without its ']'; write it on one line, such as [databases]
            p.ini:3:4: expected 'key = value' here; a key has letters, digits and _ . * -, or is all in 'single quotes'
            p.ini:4:10: %include names no file; write '%include FILE'
            p.ini:5:10: there is no file none.ini
            """,
            _texts.All);
    }

    [Fact]
    public void Line_that_is_no_entry_is_not_repeated()
    {
        Read("[s]\npassword secret\n");
        Assert.DoesNotContain("secret", _texts.All, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_outside_comments()
    {
        Read("; \uFFFD\n[s]\nkey = a\uFFFDb\n");
        Assert.Equal("p.ini:3:1: this line holds bytes that are not UTF-8; save the file in UTF-8", _texts.All);
    }

    [Fact]
    public void File_that_includes_itself_is_named_with_the_way_round()
    {
        _texts.With("a.ini", "%include b.ini\n").With("b.ini", "%include a.ini\n");
        Read("%include a.ini\n");
        Assert.Equal("b.ini:1:10: a.ini includes itself (p.ini -> a.ini -> b.ini -> a.ini); remove one %include", _texts.All);
    }

    [Theory]
    [InlineData(10, "")]
    [InlineData(11, "10.ini:1:10: %include is nested more than 10 deep; join some of the files")]
    public void Files_nest_ten_deep(int depth, string expected)
    {
        for (var level = 1; level < depth; level++)
        {
            _texts.With($"{level}.ini", $"%include {level + 1}.ini\n");
        }

        _texts.With($"{depth}.ini", "[s]\n");
        Read("%include 1.ini\n");
        Assert.Equal(expected, _texts.All);
    }

    [Fact]
    public void File_may_be_included_many_times_and_not_without_end()
    {
        _texts.With("a.ini", "");
        Read(string.Concat(Enumerable.Repeat("%include a.ini\n", 1_001)));
        Assert.Equal(
            """
            p.ini:1000:10: more than 1000 files are included; join some of them
            p.ini:1001:10: more than 1000 files are included; join some of them
            """,
            _texts.All);
    }

    private IReadOnlyList<IniSection> _read = [];

    private void Read(string text)
    {
        _texts.With("p.ini", text);
        Read();
    }

    private void Read() => _read = [.. new IniReader(_texts.TextOf, _texts.Findings).Read("p.ini")!];

    /// <summary>What was read, with the places.</summary>
    private string Shown() => string.Join(' ', _read.SelectMany(section => section.Entries
        .Select(entry => $"{entry.Key}@{entry.KeyAt.Line}:{entry.KeyAt.Column}={entry.Text}@{entry.At.Line}:{entry.At.Column}")
        .Prepend($"[{section.Name}]@{section.At.Line}:{section.At.Column}")));
}
