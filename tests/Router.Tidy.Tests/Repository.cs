using System.Collections.Immutable;

namespace Router.Tidy.Tests;

/// <summary>The files of this repository, without what is built.</summary>
internal static class Repository
{
    private static readonly ImmutableHashSet<string> Built =
        ["bin", "obj", ".git", "artifacts", "TestResults", ".vs", ".idea", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static IEnumerable<string> Files(string pattern, params ReadOnlySpan<string> under)
    {
        var files = new List<string>();
        foreach (var directory in under)
        {
            Collect(Path.Combine(Root, directory), pattern, files);
        }

        return files;
    }

    /// <summary>Path from the root, as a failure shows it.</summary>
    public static string Name(string file) => Path.GetRelativePath(Root, file);

    private static void Collect(string directory, string pattern, List<string> files)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        files.AddRange(Directory.EnumerateFiles(directory, pattern));
        foreach (var nested in Directory.EnumerateDirectories(directory))
        {
            if (!Built.Contains(Path.GetFileName(nested)))
            {
                Collect(nested, pattern, files);
            }
        }
    }

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "Router.sln"))
            ? directory
            : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the repository"));
}
