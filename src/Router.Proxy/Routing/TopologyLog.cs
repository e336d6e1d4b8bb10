using Microsoft.Extensions.Logging;

namespace Router.Proxy.Routing;

/// <summary>What the tracker says; changes of the routing view are told by the proxy that follows them.</summary>
internal static partial class TopologyLog
{
    [LoggerMessage(EventId = 2150, Level = LogLevel.Warning, Message = "The store is out of sight: {Reason}")]
    public static partial void StoreLost(ILogger logger, string reason);
}
