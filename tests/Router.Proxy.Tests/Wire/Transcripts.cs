namespace Router.Proxy.Tests.Wire;

/// <summary>
/// Transcripts in files beside their script: NAME.direct.txt is what PostgreSQL says; NAME.session.txt and
/// NAME.transaction.txt exist where the proxy is allowed to differ. ROUTER_REGENERATE=1 writes them anew: read the diff.
/// </summary>
internal static class Transcripts
{
    private const int LinesMax = 40;

    public static void Agrees(string script, WireRoute route, string actual)
    {
        if (Environment.GetEnvironmentVariable("ROUTER_REGENERATE") == "1")
        {
            Write(script, route, actual);
        }

        var own = PathOf(script, route);
        var path = File.Exists(own) ? own : PathOf(script, WireRoute.Direct);
        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected != actual)
        {
            Assert.Fail($"{script} by {route} is not what {Path.GetFileName(path)} says:\n{Difference(expected, actual)}");
        }
    }

    /// <summary>The lines between the first and the last difference, with the scenario that they belong to.</summary>
    internal static string Difference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var same = before.Zip(after).TakeWhile(static pair => pair.First == pair.Second).Count();
        var sameAtEnd = before.Skip(same).Reverse().Zip(after.Skip(same).Reverse())
            .TakeWhile(static pair => pair.First == pair.Second).Count();
        var title = before.Take(same).LastOrDefault(static line => line.StartsWith("==", StringComparison.Ordinal));
        return string.Join(
            '\n',
            [
                title ?? "",
                .. before.Take(same).TakeLast(5).Select(static line => "  " + line),
                .. before[same..^sameAtEnd].Take(LinesMax).Select(static line => "- " + line),
                .. after[same..^sameAtEnd].Take(LinesMax).Select(static line => "+ " + line),
            ]);
    }

    private static void Write(string script, WireRoute route, string actual)
    {
        if (route != WireRoute.Direct && File.ReadAllText(PathOf(script, WireRoute.Direct)) == actual)
        {
            File.Delete(PathOf(script, route));
        }
        else
        {
            File.WriteAllText(PathOf(script, route), actual);
        }
    }

    private static string PathOf(string script, WireRoute route) =>
        Path.Combine(WireScripts.Postgres, $"{script}.{route.ToString().ToLowerInvariant()}.txt");
}
