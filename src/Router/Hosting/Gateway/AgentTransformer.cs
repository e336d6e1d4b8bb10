using Yarp.ReverseProxy.Forwarder;

namespace Router.Hosting.Gateway;

/// <summary>
/// The request as the agent gets it: the client's own headers, Authorization among them, and the address that it came
/// from. What the client says of forwarding is dropped: anybody may write that.
/// </summary>
internal sealed class AgentTransformer(GatewayTarget.Agent agent) : HttpTransformer
{
    private static readonly string[] ForwardingHeaders =
        ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Real-IP"];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (var header in ForwardingHeaders)
        {
            _ = proxyRequest.Headers.Remove(header);
        }

        var request = httpContext.Request;
        proxyRequest.RequestUri = new Uri(agent.Base + agent.Path + request.QueryString.ToUriComponent());
        // The agent's own name, so that its TLS and virtual hosts fit.
        proxyRequest.Headers.Host = null;
        AddForwarding(proxyRequest, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        AddForwarding(proxyRequest, "X-Forwarded-Proto", request.Scheme);
        AddForwarding(proxyRequest, "X-Forwarded-Host", request.Host.Value);
    }

    private static void AddForwarding(HttpRequestMessage request, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _ = request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
