using System.Reflection;

namespace Router.Agent.Tests.Guarding;

/// <summary>
/// The published program of ROUTER_BINARY, or the router executable of the same build, which this project makes the
/// build produce.
/// </summary>
internal static class RouterProgram
{
    public static IReadOnlyList<string> Command { get; } =
        [Environment.GetEnvironmentVariable("ROUTER_BINARY") is { Length: > 0 } binary ? binary : Path("RouterProgram")];

    /// <summary>An agent that does nothing but lead: tests/Router.TestAgent.</summary>
    public static string TestAgent { get; } = Path("TestAgent");

    private static string Path(string key)
    {
        var path = typeof(RouterProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == key).Value!;
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} was not built");
    }
}
