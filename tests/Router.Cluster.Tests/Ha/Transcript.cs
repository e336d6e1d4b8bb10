using System.Runtime.CompilerServices;

namespace Router.Cluster.Tests.Ha;

/// <summary>
/// A text file under scenarios/ that says what comes out. ROUTER_REGENERATE=1 writes it anew: read the diff.
/// </summary>
internal static class Transcript
{
    public static string PathOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "scenarios", name);

    public static void Agrees(string name, string actual)
    {
        var path = PathOf(name);
        if (Environment.GetEnvironmentVariable("ROUTER_REGENERATE") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
