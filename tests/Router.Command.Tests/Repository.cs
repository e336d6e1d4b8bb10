namespace Router.Command.Tests;

/// <summary>Finds files of the repository from where the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string ConfigurationFile(string name) => Path.Combine(Root, "config", name);

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "Router.sln"))
            ? directory
            : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the repository"));
}
