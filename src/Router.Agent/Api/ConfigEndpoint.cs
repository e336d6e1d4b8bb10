using System.Text.Json.Nodes;
using Router.Cluster;
using Router.Dcs;
using Router.Dcs.Codecs;

namespace Router.Agent.Api;

/// <summary>PATCH and PUT /config (rest-api.md 7). Values are checked when they are applied, not here.</summary>
internal sealed class ConfigEndpoint(IDcs dcs, ClusterRequests requests)
{
    public async Task<ApiReply> PatchAsync(ApiRequest request)
    {
        if (await ReadAsync(request.Aborted) is not { Config: { Value: { } config, ModRevision: var seen } }
            || ConfigCodec.Patch(config.Json, Compact(request.Body)) is not { } merged)
        {
            return ApiReply.Error(503, "There is no configuration in the store to change");
        }

        if (!ConfigCodec.AreSame(config.Json, merged))
        {
            switch (await requests.WriteConfigAsync(merged, seen, request.Aborted))
            {
                case WriteOutcome.Conflict:
                    return ApiReply.Error(409, "The configuration has changed in the meantime");
                case WriteOutcome.Unknown:
                    return ApiReply.Error(503, "The store did not answer; the configuration may have changed");
            }
        }

        return ApiReply.Json(200, JsonNode.Parse(merged) ?? new JsonObject());
    }

    public async Task<ApiReply> PutAsync(ApiRequest request)
    {
        var wanted = Compact(request.Body);
        if (await ReadAsync(request.Aborted) is not { } view)
        {
            return ApiReply.Error(502, "The store cannot be read");
        }

        if (view.Config.Value is not { } config || !ConfigCodec.AreSame(config.Json, wanted))
        {
            if (await requests.WriteConfigAsync(wanted, view.Config.ModRevision, request.Aborted) != WriteOutcome.Ok)
            {
                return ApiReply.Error(502, "The configuration could not be written");
            }
        }

        return ApiReply.Json(200, JsonNode.Parse(wanted) ?? new JsonObject());
    }

    private async Task<ClusterView?> ReadAsync(CancellationToken aborted) =>
        (await dcs.ReadAsync(aborted) as DcsRead.Seen)?.View;

    /// <summary>An empty patch over the document writes it as the store has all others.</summary>
    private static string Compact(JsonObject? body) => ConfigCodec.Patch((body ?? []).ToJsonString(), "{}") ?? "{}";
}
