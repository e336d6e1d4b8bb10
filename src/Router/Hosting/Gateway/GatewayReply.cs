using System.Text.Json;
using Prometheus;

namespace Router.Hosting.Gateway;

/// <summary>Writes what the operations port answers itself.</summary>
internal static class GatewayReply
{
    public static async Task WriteAsync(HttpContext context, int status, string reason)
    {
        var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("status", status);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        await WriteAsync(context, status, "application/json", body);
    }

    public static async Task WriteMetricsAsync(HttpContext context, IProxyHealth health)
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = Metrics.WithCustomRegistry(registry);
        metrics.CreateGauge("router_primary_routable", "1 if a primary is routable").Set(health.WhyNoPrimary is null ? 1 : 0);
        await health.CollectAsync(metrics);
        var body = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(body, context.RequestAborted);
        await WriteAsync(context, StatusCodes.Status200OK, "text/plain; version=0.0.4; charset=utf-8", body);
    }

    private static async Task WriteAsync(HttpContext context, int status, string contentType, MemoryStream body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
        }
    }
}
