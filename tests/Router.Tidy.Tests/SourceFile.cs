using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Router.Tidy.Tests;

/// <summary>A source file and its syntax tree.</summary>
internal sealed record SourceFile(string Name, int LineCount, CompilationUnitSyntax Syntax)
{
    /// <summary>Parsed once for all tests.</summary>
    public static ImmutableArray<SourceFile> Production { get; } = [.. Read("src")];

    public static ImmutableArray<SourceFile> All { get; } = [.. Production, .. Read("tests", "perf")];

    public IEnumerable<T> Nodes<T>() => Syntax.DescendantNodes().OfType<T>();

    public string At(Microsoft.CodeAnalysis.SyntaxNode node) =>
        $"{Name}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    private static IEnumerable<SourceFile> Read(params ReadOnlySpan<string> under) =>
        Repository.Files("*.cs", under).Select(path =>
        {
            var text = File.ReadAllText(path);
            var tree = CSharpSyntaxTree.ParseText(text);
            return new SourceFile(Repository.Name(path), text.Split('\n').Length - 1, tree.GetCompilationUnitRoot());
        });
}
