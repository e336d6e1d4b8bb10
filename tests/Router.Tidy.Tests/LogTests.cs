using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Router.Tidy.Tests;

/// <summary>The catalogue of what the program can say: one number for one sentence, in the range of its project.</summary>
public sealed class LogTests
{
    [Fact]
    public void Every_event_has_a_number_of_its_own() => Assert.Empty(
        Events().GroupBy(entry => entry.Id).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.At))}"));

    [Fact]
    public void Every_event_is_in_the_range_of_its_project() => Assert.Empty(
        Events().Where(entry => !IsInRange(entry.Project, entry.Id)).Select(entry => $"{entry.At}: {entry.Id}"));

    [Fact]
    public void Every_sentence_is_in_a_file_of_sentences() => Assert.Empty(
        Events().Where(entry => !entry.File.EndsWith("Log.cs", StringComparison.Ordinal)).Select(entry => entry.At));

    private static bool IsInRange(string project, int id) => project switch
    {
        "Router.Transport" => id is >= 1000 and < 2000,
        "Router.Proxy" => id is >= 2000 and < 4000,
        "Router.Agent" => id is >= 4000 and < 6000,
        "Router.Dcs" => id is >= 6000 and < 7000,
        "Router.Postgres" => id is >= 7000 and < 8000,
        "Router" => id is >= 8000 and < 9000,
        _ => false,
    };

    private static IEnumerable<(string File, string Project, int Id, string At)> Events() =>
        SourceFile.Production.SelectMany(file => file.Nodes<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString() == "LoggerMessage")
            .Select(attribute => (file.Name, file.Name.Split('/')[1], Id(attribute), file.At(attribute))));

    private static int Id(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? [];
        var named = arguments.FirstOrDefault(argument => argument.NameEquals?.Name.ToString() == "EventId");
        var value = (named ?? arguments.FirstOrDefault())?.Expression.ToString();
        return int.TryParse(value?.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var id)
            ? id
            : 0;
    }
}
