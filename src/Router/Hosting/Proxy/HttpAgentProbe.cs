using System.Net;
using Router.Proxy.Routing;

namespace Router.Hosting.Proxy;

/// <summary>GET /primary at an agent: 200 only while its lease is safe.</summary>
internal sealed class HttpAgentProbe(MemberClient members) : IAgentProbe
{
    public async Task<bool> IsPrimaryAsync(string apiUrl, CancellationToken aborted)
    {
        if (!Uri.TryCreate(apiUrl, UriKind.Absolute, out var url))
        {
            return false;
        }

        try
        {
            using var answer = await members.Http.GetAsync(
                new Uri(url, "/primary"), HttpCompletionOption.ResponseHeadersRead, aborted);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
