using Router.Agent.Observation;

namespace Router.Hosting.Proxy;

/// <summary>Owner of the HTTP client that asks members' agents; another one takes its place on reload.</summary>
internal sealed class MemberClient(MemberProbeOptions options) : IDisposable
{
    private volatile HttpClient _http = MemberProbeClient.Create(options);

    public HttpClient Http => _http;

    /// <summary>Questions that are under way through the former client fail, as if the member were silent.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file of the options cannot be loaded.</exception>
    public void Use(MemberProbeOptions next)
    {
        var former = _http;
        _http = MemberProbeClient.Create(next);
        former.Dispose();
    }

    public void Dispose() => _http.Dispose();
}
