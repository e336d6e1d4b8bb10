using System.Globalization;
using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>POST /failsafe: a leader without the store asks its members to bear with it.</summary>
internal sealed class FailsafeEndpoint(IAgentStatus status, IAgentOperations operations)
{
    /// <summary>Null: failsafe mode is on, and the body counts.</summary>
    public ApiReply? CheckMode() =>
        status.Current.Settings.FailsafeMode ? null : ApiReply.Error(502, "failsafe_mode is off");

    public ApiReply Post(ApiRequest request)
    {
        if (request.Text("name") is not { } name)
        {
            return ApiReply.Error(400, "Bad Request: the name of the leader is missing");
        }

        var call = new FailsafeCall(new MemberName(name), request.Text("conn_url"), request.Text("api_url"));
        if (!operations.TryAcceptFailsafe(call))
        {
            return ApiReply.Text(500, "Running as a leader");
        }

        var accepted = ApiReply.Text(200, "Accepted");
        var position = status.Current.Postgres.Position;
        return position == Lsn.Zero
            ? accepted
            : accepted with { Headers = [new("lsn", position.Value.ToString(CultureInfo.InvariantCulture))] };
    }
}
