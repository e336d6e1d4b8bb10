using System.Collections.Immutable;

namespace Router.Tidy.Tests;

/// <summary>What no file of the repository says.</summary>
public sealed class TextTests
{
    // In two halves, so that this file does not hold them.
    private static readonly ImmutableArray<string> Unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"];

    private static readonly ImmutableArray<string> Workplace = ["/wo" + "rk/", "/tmp/" + "wt", "/ro" + "ot/"];

    private static readonly ImmutableHashSet<string> Binary = [".png", ".ico", ".dll", ".snk"];

    [Fact]
    public void Nothing_is_left_for_later() => Assert.Empty(Lines(Unfinished));

    [Fact]
    public void No_file_knows_the_machine_that_it_was_written_on() => Assert.Empty(Lines(Workplace));

    [Fact]
    public void Every_file_has_unix_lines_and_ends_with_one() => Assert.Empty(
        TextFiles().Where(file => Path.GetExtension(file) is not (".sln" or ".json"))
            .Where(file => File.ReadAllText(file) is { Length: > 0 } text
                && (text.Contains('\r', StringComparison.Ordinal) || !text.EndsWith('\n')))
            .Select(Repository.Name));

    [Fact]
    public void No_line_of_code_is_far_beyond_120_columns() => Assert.Empty(
        Repository.Files("*.cs", "src")
            .SelectMany(file => File.ReadAllLines(file)
                .Select((line, index) => (line, at: $"{Repository.Name(file)}:{index + 1}"))
                .Where(entry => entry.line.Length > 140)
                .Select(entry => entry.at)));

    private static IEnumerable<string> Lines(ImmutableArray<string> words) =>
        TextFiles().SelectMany(file => File.ReadAllLines(file)
            .Select((line, index) => (line, at: $"{Repository.Name(file)}:{index + 1}"))
            .Where(entry => words.Any(word => entry.line.Contains(word, StringComparison.Ordinal)))
            .Select(entry => $"{entry.at}: {entry.line.Trim()}"));

    private static IEnumerable<string> TextFiles() =>
        Repository.Files("*", "").Where(file => !Binary.Contains(Path.GetExtension(file))
            && Path.GetFileName(file) is not ("packages.lock.json" or ".git"));
}
