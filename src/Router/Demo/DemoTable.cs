using System.Globalization;
using System.Text;

namespace Router.Demo;

/// <summary>The live picture: members, roles, timeline, lag, and how many clients the proxy serves.</summary>
internal sealed class DemoTable(DemoCluster cluster, TimeProvider time, TextWriter output) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private int _lines;

    /// <summary>Draws until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var picture = await DrawAsync(stopping);
            if (_lines > 0 && !Console.IsOutputRedirected)
            {
                // Up by what was drawn last and clear to the end of the screen.
                await output.WriteAsync($"\u001b[{_lines}A\u001b[J");
            }

            await output.WriteAsync(picture);
            _lines = picture.AsSpan().Count('\n');
            try
            {
                await Task.Delay(Pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> DrawAsync(CancellationToken stopping)
    {
        var rows = await cluster.ClusterAsync(stopping);
        var connections = await ConnectionsAsync(stopping);
        var text = new StringBuilder();
        text.AppendLine("  member     role           state              timeline        lag  connections");
        foreach (var row in rows ?? [])
        {
            var count = connections?.GetValueOrDefault(row.Name);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {row.Name,-10} {row.Role,-14} {row.State,-18} {row.Timeline,8} {row.Lag,10}  {count,11}");
        }

        if (rows is null)
        {
            text.AppendLine("  no member answers");
        }

        text.AppendLine(connections is null ? "  the proxy does not answer" : "  Ctrl-C stops everything");
        return text.ToString();
    }

    /// <summary>Connections of the proxy to each member; null when it does not answer.</summary>
    private async Task<Dictionary<string, int>?> ConnectionsAsync(CancellationToken stopping)
    {
        const string Gauge = "router_proxy_backends{member=\"";
        try
        {
            var metrics = await _http.GetStringAsync(
                new Uri($"http://127.0.0.1:{cluster.Layout.HttpPort}/metrics"), stopping);
            return metrics.Split('\n')
                .Where(line => line.StartsWith(Gauge, StringComparison.Ordinal))
                .ToDictionary(
                    line => line[Gauge.Length..line.IndexOf("\"}", StringComparison.Ordinal)],
                    line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is HttpRequestException or FormatException or TaskCanceledException)
        {
            return null;
        }
    }
}
