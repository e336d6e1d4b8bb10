using System.Xml.Linq;

namespace Router.Tidy.Tests;

/// <summary>Which project may know which: a new arrow is a reviewed change to this list.</summary>
public sealed class ProjectTests
{
    [Theory]
    [InlineData("Router", "Agent Proxy")]
    [InlineData("Router.Proxy", "Cluster Protocol Transport")]
    [InlineData("Router.Agent", "Cluster Dcs Postgres")]
    [InlineData("Router.Dcs", "Cluster")]
    [InlineData("Router.Postgres", "Cluster")]
    [InlineData("Router.Protocol", "")]
    [InlineData("Router.Cluster", "")]
    [InlineData("Router.Transport", "")]
    public void Project_knows_only_the_projects_it_may(string project, string allowed)
    {
        var arrows = References(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"), "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path).Replace("Router.", "", StringComparison.Ordinal))
            .Order();
        Assert.Equal(allowed, string.Join(' ', arrows));
    }

    [Fact]
    public void Every_project_is_in_the_list_above() => Assert.Equal(
        8, Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "Router*").Count());

    [Theory]
    [InlineData("Router.Protocol")]
    [InlineData("Router.Cluster")]
    public void Pure_project_has_no_package(string project) => Assert.Empty(
        References(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"), "PackageReference"));

    [Theory]
    [InlineData("Router.Protocol")]
    [InlineData("Router.Cluster")]
    public void Pure_project_waits_for_nothing(string project) => Assert.Empty(
        SourceFile.Production
            .Where(file => file.Name.StartsWith($"src/{project}/", StringComparison.Ordinal))
            .SelectMany(file => file.Nodes<Microsoft.CodeAnalysis.CSharp.Syntax.AwaitExpressionSyntax>().Select(file.At)));

    [Fact]
    public void Every_package_has_a_reason()
    {
        var packages = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var without = packages.Descendants("PackageVersion").Where(package => !HasReason(package));
        Assert.Empty(without.Select(package => package.Attribute("Include")!.Value));
    }

    [Fact]
    public void Every_package_is_used()
    {
        var listed = References(Path.Combine(Repository.Root, "Directory.Packages.props"), "PackageVersion");
        var used = Repository.Files("*.csproj", "src", "tests", "perf")
            .Append(Path.Combine(Repository.Root, "Directory.Build.props"))
            .SelectMany(file => References(file, "PackageReference"));
        Assert.Empty(listed.Except(used));
    }

    [Fact]
    public void Every_project_locks_its_packages() => Assert.Empty(
        Repository.Files("*.csproj", "src", "tests", "perf")
            .Where(project => !File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")))
            .Select(Repository.Name));

    /// <summary>A comment above it; packages that stand together share one.</summary>
    private static bool HasReason(XElement package) =>
        package.NodesBeforeSelf().OfType<XComment>().LastOrDefault() is { } reason
        && reason.ElementsAfterSelf().TakeWhile(next => next != package).Count() <= 2;

    private static IEnumerable<string> References(string file, string element) =>
        XDocument.Load(file).Descendants(element).Select(reference => reference.Attribute("Include")!.Value);
}
