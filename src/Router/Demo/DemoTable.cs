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
        var text = new StringBuilder();
        text.AppendLine("  member     role           state                TL        lag");
        foreach (var row in await cluster.ClusterAsync(stopping) ?? [])
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {row.Name,-10} {row.Role,-14} {row.State,-18} {row.Timeline,4} {row.Lag,10}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"  clients at the endpoint: {await ClientsAsync(stopping)}");
        return text.ToString();
    }

    private async Task<string> ClientsAsync(CancellationToken stopping)
    {
        try
        {
            var metrics = await _http.GetStringAsync(
                new Uri($"http://127.0.0.1:{cluster.Layout.HttpPort}/metrics"), stopping);
            var lines = metrics.Split('\n').Where(line =>
                line.StartsWith("router_proxy_clients{", StringComparison.Ordinal)
                && line.Contains("\"active\"", StringComparison.Ordinal));
            return lines.Sum(l => double.Parse(l.Split(' ')[^1], CultureInfo.InvariantCulture))
                .ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is HttpRequestException or FormatException or TaskCanceledException)
        {
            return "the proxy does not answer";
        }
    }
}
