using System.Text.Json.Nodes;
using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Api;

/// <summary>The GET endpoints that show the cluster as the store has it.</summary>
internal sealed class ReadEndpoints(IAgentStatus status, IBootClock clock, IDcsReader dcs)
{
    /// <summary>Always a fresh read: operators look at it during a failover.</summary>
    public async Task<ApiReply> ClusterAsync(CancellationToken aborted)
    {
        var snapshot = status.Current;
        return await dcs.ReadAsync(aborted) switch
        {
            DcsRead.Seen seen => ApiReply.Json(
                200, ClusterDocument.Build(seen.View, snapshot.Scope, snapshot.IsStandbyCluster)),
            DcsRead.Unreachable gone => Unreachable(gone.Reason),
            _ => throw new InvalidOperationException("A read of the store is either seen or unreachable."),
        };
    }

    public async Task<ApiReply> HistoryAsync(CancellationToken aborted) =>
        await ViewAsync(aborted) is { } view
            ? ApiReply.Json(200, ClusterDocument.History(view))
            : Unreachable("the store did not answer");

    public async Task<ApiReply> ConfigAsync(CancellationToken aborted)
    {
        if (await ViewAsync(aborted) is not { } view)
        {
            return Unreachable("the store did not answer");
        }

        return view.Config.Value is { } config && JsonNode.Parse(config.Json) is { } document
            ? ApiReply.Json(200, document)
            : ApiReply.Error(502, "The config key is missing or no JSON object");
    }

    public async Task<ApiReply> FailsafeAsync(CancellationToken aborted)
    {
        if (await ViewAsync(aborted) is not { Failsafe.Value: { } topology })
        {
            return ApiReply.Error(502, "The failsafe key is missing or no JSON object");
        }

        var document = new JsonObject();
        foreach (var (name, url) in topology.ApiUrls)
        {
            document[name] = url;
        }

        return ApiReply.Json(200, document);
    }

    /// <summary>The view that counts, or a fresh one.</summary>
    private async Task<ClusterView?> ViewAsync(CancellationToken aborted) =>
        AgentMoment.Of(status, clock).View ?? (await dcs.ReadAsync(aborted) as DcsRead.Seen)?.View;

    private static ApiReply Unreachable(string reason) => ApiReply.Error(503, $"The store cannot be read: {reason}");
}
