namespace Router.Proxy.Routing;

/// <summary>Asks a member's agent over its REST API; carried out off the loops.</summary>
public interface IAgentProbe
{
    /// <summary>
    /// True where <c>GET /primary</c> at the member's <c>api_url</c> answered 200. Anything else, no answer too, is
    /// false and not an exception.
    /// </summary>
    Task<bool> IsPrimaryAsync(string apiUrl, CancellationToken aborted);
}
