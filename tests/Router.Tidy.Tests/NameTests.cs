using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Router.Tidy.Tests;

/// <summary>One word for one thing: CONTRIBUTING.md has the table.</summary>
public sealed partial class NameTests
{
    private static readonly ImmutableHashSet<string> Banned =
    [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Handler", "Info", "Data",
        "Packet", "Upstream", "Downstream", "Master", "Slave", "Secondary", "Node", "Mutex", "Dirty", "Resync",
        "Maintenance",
    ];

    /// <summary>Terms of PostgreSQL, Patroni, YAML and the framework that hold a banned word, each a word of its own.</summary>
    private static readonly ImmutableArray<string> Allowed =
    [
        "DataRow", "DataDirectory", "KeyData", "StartupPacket", "ControlData", "YamlNode",
    ];

    [Fact]
    public void No_type_has_a_word_that_says_nothing_or_means_something_else() => Assert.Empty(
        SourceFile.Production.SelectMany(file => file.Nodes<BaseTypeDeclarationSyntax>()
            .Where(type => Words(type.Identifier.Text).Any(Banned.Contains))
            .Select(type => $"{file.At(type)}: {type.Identifier.Text}")));

    [Fact]
    public void Every_file_holds_one_type_named_like_it() => Assert.Empty(
        SourceFile.Production
            .Where(file => TopTypes(file) is var types && types.Count > 0
                && (types.Count > 1 || types.Single() != Path.GetFileNameWithoutExtension(file.Name)))
            .Select(file => $"{file.Name}: {string.Join(", ", TopTypes(file))}"));

    [Fact]
    public void Namespace_is_the_folder() => Assert.Empty(
        SourceFile.All
            .Where(file => file.Nodes<BaseNamespaceDeclarationSyntax>().Any(
                declared => declared.Name.ToString() != Folder(file.Name)))
            .Select(file => file.Name));

    [Fact]
    public void Every_method_that_can_be_awaited_says_so() => Assert.Empty(
        SourceFile.Production.SelectMany(file => file.Nodes<MethodDeclarationSyntax>()
            .Where(method => method.Modifiers.Any(modifier => modifier.Text == "async")
                && !method.Identifier.Text.EndsWith("Async", StringComparison.Ordinal))
            .Select(method => $"{file.At(method)}: {method.Identifier.Text}")));

    private static IEnumerable<string> Words(string name)
    {
        foreach (var allowed in Allowed)
        {
            name = name.Replace(allowed, "", StringComparison.Ordinal);
        }

        return Word().Matches(name).Select(match => match.Value);
    }

    /// <summary>Names of the types that are not nested; a generic type and its companion share one.</summary>
    private static HashSet<string> TopTypes(SourceFile file) =>
    [
        .. file.Nodes<BaseTypeDeclarationSyntax>()
            .Where(type => type.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax)
            .Select(type => type.Identifier.Text),
        .. file.Nodes<DelegateDeclarationSyntax>()
            .Where(type => type.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax)
            .Select(type => type.Identifier.Text),
    ];

    private static string Folder(string file) =>
        Path.GetDirectoryName(file)!.Replace('/', '.').Split('.', 2)[1];

    [GeneratedRegex("[A-Z][a-z0-9]+")]
    private static partial Regex Word();
}
