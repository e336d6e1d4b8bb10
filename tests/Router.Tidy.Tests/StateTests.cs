using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Router.Tidy.Tests;

/// <summary>State has one owner, and no task is without one.</summary>
public sealed class StateTests
{
    [Fact]
    public void No_static_field_changes() => Assert.Empty(
        SourceFile.Production.SelectMany(file => file.Nodes<FieldDeclarationSyntax>()
            .Where(field => field.Modifiers.Any(SyntaxKind.StaticKeyword)
                && !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword)
                && !field.Modifiers.Any(SyntaxKind.ConstKeyword))
            .Select(file.At)));

    [Fact]
    public void No_static_property_can_be_set() => Assert.Empty(
        SourceFile.Production.SelectMany(file => file.Nodes<PropertyDeclarationSyntax>()
            .Where(property => property.Modifiers.Any(SyntaxKind.StaticKeyword)
                && property.AccessorList?.Accessors.Any(SyntaxKind.SetAccessorDeclaration) == true)
            .Select(file.At)));

    [Fact]
    public void No_static_collection_can_be_changed() => Assert.Empty(
        SourceFile.Production.SelectMany(file => file.Nodes<FieldDeclarationSyntax>()
            .Where(field => field.Modifiers.Any(SyntaxKind.StaticKeyword)
                && field.Declaration.Type is GenericNameSyntax
                {
                    Identifier.Text: "List" or "Dictionary" or "HashSet" or "Queue" or "ConcurrentDictionary"
                        or "ConcurrentQueue" or "ConcurrentBag" or "ThreadLocal" or "AsyncLocal"
                })
            .Select(file.At)));

    [Fact]
    public void No_method_is_async_void() => Assert.Empty(
        SourceFile.All.SelectMany(file => file.Nodes<MethodDeclarationSyntax>()
            .Where(method => method.Modifiers.Any(SyntaxKind.AsyncKeyword)
                && method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword })
            .Select(file.At)));

    [Fact]
    public void No_test_sleeps() => Assert.Empty(
        SourceFile.All.SelectMany(file => file.Nodes<InvocationExpressionSyntax>()
            .Where(call => call.Expression.ToString() == "Thread.Sleep")
            .Select(file.At)));
}
