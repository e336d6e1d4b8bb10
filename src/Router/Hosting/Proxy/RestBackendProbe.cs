using System.Text.Json;
using Router.Cluster;
using Router.Proxy.Routing;

namespace Router.Hosting.Proxy;

/// <summary>
/// Where router.yml names no account for questions by SQL: the member's agent tells what its PostgreSQL is. As fresh as
/// the agent's last look, which follows a promotion at once.
/// </summary>
internal sealed class RestBackendProbe(MemberClient members, ClusterViewHolder views) : IBackendProbe
{
    public async Task<BackendFacts> ProbeAsync(RoutedMember member, CancellationToken aborted)
    {
        if (views.Current?.Find(member.Name)?.ApiUrl is not { } url)
        {
            return new BackendFacts.Silent($"{member.Name} published no api_url");
        }

        try
        {
            using var body = JsonDocument.Parse(await members.Http.GetStringAsync(new Uri(url), aborted));
            var root = body.RootElement;
            return root.TryGetProperty("state", out var state) && state.GetString() == "running"
                && root.TryGetProperty("database_system_identifier", out var system)
                && SystemIdentifier.TryParse(system.GetString(), out var identifier)
                && root.TryGetProperty("timeline", out var timeline) && timeline.TryGetInt32(out var number)
                && root.TryGetProperty("role", out var role)
                ? new BackendFacts.Answered(role.GetString() is not ("primary" or "master"), identifier, new Timeline(number))
                : new BackendFacts.Silent($"{member.Name}'s agent says that PostgreSQL is not running");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or OperationCanceledException
            or ObjectDisposedException)
        {
            return new BackendFacts.Silent($"{member.Name}'s agent did not answer: {e.Message}");
        }
    }
}
