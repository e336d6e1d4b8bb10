using System.Reflection;

namespace Router.Agent.Tests.Guarding;

/// <summary>The router executable of the same build, which this project makes the build produce.</summary>
internal static class RouterProgram
{
    public static IReadOnlyList<string> Command { get; } = [Path()];

    private static string Path()
    {
        var path = typeof(RouterProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == "RouterProgram").Value!;
        return File.Exists(path) ? path : throw new FileNotFoundException($"build src/Router first: {path} is missing");
    }
}
