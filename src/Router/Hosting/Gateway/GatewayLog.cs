using Yarp.ReverseProxy.Forwarder;

namespace Router.Hosting.Gateway;

/// <summary>What the operations port logs: 8100 to 8199.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(EventId = 8200, Level = LogLevel.Information, Message = "Operations port listens on {Address}")]
    public static partial void Listening(ILogger logger, Uri address);

    [LoggerMessage(EventId = 8201, Level = LogLevel.Warning, Message = "Agent {Agent} did not answer the gateway: {Error}")]
    public static partial void AgentUnreachable(ILogger logger, string agent, ForwarderError error);
}
