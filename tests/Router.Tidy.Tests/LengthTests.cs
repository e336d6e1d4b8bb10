using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Router.Tidy.Tests;

public sealed class LengthTests
{
    private const int FileLinesMax = 500;
    private const int FileLinesWithoutReason = 400;
    private const int MethodLinesMax = 70;

    /// <summary>Files longer than 400 lines, each with the reason why it is not two.</summary>
    private static readonly ImmutableDictionary<string, string> LongForAReason =
        new Dictionary<string, string>
        {
        }.ToImmutableDictionary();

    [Fact]
    public void No_file_is_longer_than_500_lines() => Assert.Empty(
        SourceFile.All.Where(file => file.LineCount > FileLinesMax).Select(file => $"{file.Name}: {file.LineCount} lines"));

    [Fact]
    public void Production_file_longer_than_400_lines_has_a_reason() => Assert.Empty(
        SourceFile.Production
            .Where(file => file.LineCount > FileLinesWithoutReason && !LongForAReason.ContainsKey(file.Name))
            .Select(file => $"{file.Name}: {file.LineCount} lines"));

    [Fact]
    public void Reason_for_a_long_file_goes_when_the_file_is_short_again() => Assert.Empty(
        LongForAReason.Keys.Except(
            SourceFile.Production.Where(file => file.LineCount > FileLinesWithoutReason).Select(file => file.Name)));

    [Fact]
    public void No_method_is_longer_than_70_lines() => Assert.Empty(
        SourceFile.All.SelectMany(file => Bodies(file)
            .Where(body => LineCount(body) > MethodLinesMax)
            .Select(body => $"{file.At(body)}: {LineCount(body)} lines")));

    private static IEnumerable<SyntaxNode> Bodies(SourceFile file) =>
        file.Nodes<SyntaxNode>().Where(node =>
            node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax);

    private static int LineCount(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
