using System.Net;
using Router.Agent.Observation;

namespace Router.Hosting.Gateway;

/// <summary>The proxy's operations port: <c>http</c> of router.yml.</summary>
internal sealed record GatewayOptions
{
    public required IPEndPoint Listen { get; init; }

    /// <summary>
    /// Whom to trust as an agent, and what to show where members take no connection without a certificate. Only GET,
    /// HEAD and OPTIONS pass, which need no right at the agent, and never a password of our own (rule S23).
    /// </summary>
    public MemberProbeOptions AgentTls { get; init; } = new();

    /// <summary>How long an agent may be silent in an answer.</summary>
    public TimeSpan AgentTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
