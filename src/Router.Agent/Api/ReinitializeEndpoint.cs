using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>POST /reinitialize (rest-api.md 7).</summary>
internal sealed class ReinitializeEndpoint(IAgentStatus status, IBootClock clock, IAgentOperations operations)
{
    public ApiReply Post(ApiRequest request)
    {
        var agent = AgentMoment.Of(status, clock);
        if (agent.View is not { Leader.Value: { } held })
        {
            return ApiReply.Text(503, "Cluster has no leader, can not reinitialize");
        }

        if (agent.IsLeader || held.Holder == agent.Snapshot.Name)
        {
            return ApiReply.Text(503, "I am the leader, can not reinitialize");
        }

        var answer = operations.Reinitialize(request.Flag("force"), request.Flag("from_leader"));
        return answer.IsSuccess
            ? ApiReply.Text(200, "reinitialize started")
            : ApiReply.Text(503, answer.Text);
    }
}
