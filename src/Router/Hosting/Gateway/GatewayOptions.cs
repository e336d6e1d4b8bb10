using System.Net;
using Router.Agent.Observation;

namespace Router.Hosting.Gateway;

/// <summary>The proxy's operations port: <c>http</c> of router.yml.</summary>
internal sealed record GatewayOptions
{
    public required IPEndPoint Listen { get; init; }

    /// <summary>
    /// Whom to trust as an agent. Never a certificate or a password of our own: what a caller may do is a matter
    /// between it and the agent (rule S23).
    /// </summary>
    public MemberProbeOptions AgentTls { get; init; } = new();

    /// <summary>How long an agent may be silent in an answer.</summary>
    public TimeSpan AgentTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
