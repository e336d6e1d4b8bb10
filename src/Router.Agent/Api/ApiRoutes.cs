using Microsoft.AspNetCore.Http;
using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>
/// Which endpoint answers (rest-api.md 2). The first part of the path and the method choose; what nobody knows is a
/// health check for GET, HEAD and OPTIONS (503, never 404), and 501 for everything else.
/// </summary>
internal sealed class ApiRoutes(
    IAgentStatus status,
    IBootClock clock,
    IAgentOperations operations,
    ReadEndpoints reads,
    ConfigEndpoint config,
    SwitchoverEndpoint switchover,
    RestartEndpoint restart)
{
    private readonly ReinitializeEndpoint _reinitialize = new(status, clock, operations);
    private readonly FailsafeEndpoint _failsafe = new(status, operations);

    public async Task<ApiReply> AnswerAsync(HttpContext context, ApiAccess access)
    {
        var request = new ApiRequest(
            context.Request.Path.Value ?? "/", ApiQuery.Parse(context.Request.QueryString.Value), null, context.RequestAborted);
        var segment = request.Path.TrimStart('/').Split('/')[0];
        var method = context.Request.Method;
        if (HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
        {
            // Also for paths that only GET knows: a load balancer asks for health with these methods.
            return ApiReply.Code(HealthPolicy.StatusOf(request.Path, request.Query, AgentMoment.Of(status, clock)));
        }

        return HttpMethods.IsGet(method)
            ? await ReadAsync(segment, request)
            : await ChangeAsync($"{method} {segment}", request, context, access);
    }

    private async Task<ApiReply> ReadAsync(string segment, ApiRequest request)
    {
        var agent = AgentMoment.Of(status, clock);
        return segment switch
        {
            "patroni" => ApiReply.Json(200, StatusDocument.Build(agent)),
            "cluster" => await reads.ClusterAsync(request.Aborted),
            "history" => await reads.HistoryAsync(request.Aborted),
            "config" => await reads.ConfigAsync(request.Aborted),
            "failsafe" => await reads.FailsafeAsync(request.Aborted),
            "metrics" => ApiReply.Metrics(await AgentMetrics.ExportAsync(agent, request.Aborted)),
            "liveness" => ApiReply.Code(HealthPolicy.Liveness(agent)),
            "readiness" => ApiReply.Code(HealthPolicy.Readiness(request.Query, agent)),
            _ => ApiReply.Json(HealthPolicy.StatusOf(request.Path, request.Query, agent), StatusDocument.Build(agent)),
        };
    }

    private async Task<ApiReply> ChangeAsync(string route, ApiRequest request, HttpContext context, ApiAccess access)
    {
        if (!IsKnown(route))
        {
            return ApiReply.Error(501, "Unsupported method");
        }

        var view = AgentMoment.Of(status, clock).View;
        if (await access.CheckAsync(context, view, mayUseMemberAddresses: route != "POST failsafe") is { } denied)
        {
            return denied;
        }

        switch (route)
        {
            case "POST reload":
                operations.Reload();
                return ApiReply.Text(202, "reload scheduled");
            case "POST sigterm":
                // Patroni's own tests on Windows use it; everywhere else it does nothing but answer.
                return ApiReply.Text(202, "shutdown scheduled");
            case "DELETE restart":
                return restart.Delete();
            case "DELETE switchover":
                return await switchover.DeleteAsync(request.Aborted);
            case "POST failsafe" when _failsafe.CheckMode() is { } off:
                return off;
            default:
                return await ChangeWithBodyAsync(route, request, context.Request);
        }
    }

    private async Task<ApiReply> ChangeWithBodyAsync(string route, ApiRequest request, HttpRequest http)
    {
        var isOptional = route is "POST restart" or "POST reinitialize";
        var (body, refusal) = await ApiBody.ReadAsync(http, isOptional);
        if (refusal is not null)
        {
            return refusal;
        }

        request = request with { Body = body };
        return route switch
        {
            "PATCH config" => await config.PatchAsync(request),
            "PUT config" => await config.PutAsync(request),
            "POST restart" => await restart.PostAsync(request),
            "POST reinitialize" => _reinitialize.Post(request),
            "POST failsafe" => _failsafe.Post(request),
            "POST failover" => await switchover.PostAsync("failover", request),
            _ => await switchover.PostAsync("switchover", request),
        };
    }

    private static bool IsKnown(string route) => route is
        "PATCH config" or "PUT config" or "POST reload" or "POST sigterm" or "POST restart" or "DELETE restart"
        or "POST reinitialize" or "POST failsafe" or "POST failover" or "POST switchover" or "DELETE switchover";
}
