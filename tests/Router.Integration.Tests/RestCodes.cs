namespace Router.Integration.Tests;

/// <summary>What a member's REST API answers to load balancers and tools: code, type and whether there is a body.</summary>
internal static class RestCodes
{
    private static readonly string[] Paths =
    [
        "/", "/primary", "/master", "/read-write", "/leader", "/replica", "/read-only", "/standby-leader",
        "/standby_leader", "/sync", "/synchronous", "/async", "/asynchronous", "/read-only-sync", "/health", "/liveness",
        "/readiness", "/patroni", "/cluster", "/history", "/config", "/failsafe", "/bogus", "/patroni/x",
        "/replica?lag=0", "/replica?lag=100MB", "/replica?lag=abc", "/replica?tag_zone=z1", "/health?tag_zone=z2",
        "/primary?tag_zone=z2", "/foo-primary-x",
    ];

    /// <summary>A line for each path and method, in a fixed order.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(HttpClient http, int port)
    {
        var lines = new List<string>();
        foreach (var path in Paths)
        {
            foreach (var method in (string[])["GET", "HEAD", "OPTIONS"])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{port}{path}");
                using var answer = await http.SendAsync(request);
                var hasBody = (await answer.Content.ReadAsByteArrayAsync()).Length > 0;
                lines.Add($"{method} {path}: {(int)answer.StatusCode} {answer.Content.Headers.ContentType} body {hasBody}");
            }
        }

        return lines;
    }
}
