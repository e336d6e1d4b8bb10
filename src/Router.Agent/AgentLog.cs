using Microsoft.Extensions.Logging;

namespace Router.Agent;

internal static partial class AgentLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Debug, Message = "{Sentence}")]
    public static partial void Decided(ILogger logger, string sentence);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "{Sentence}")]
    public static partial void DecidedAnew(ILogger logger, string sentence);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "Configuration in the store: {Warning}")]
    public static partial void ConfigWarning(ILogger logger, string warning);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Information, Message = "Configured PostgreSQL: {Reason}")]
    public static partial void Configured(ILogger logger, string reason);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Warning, Message = "PostgreSQL was not configured: {Reason}")]
    public static partial void NotConfigured(ILogger logger, string reason);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Information,
        Message = "Adopted the leadership of the agent before me: PostgreSQL was not touched")]
    public static partial void Adopted(ILogger logger);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Information, Message = "Stopping: {Reason}")]
    public static partial void Stopping(ILogger logger, string reason);

    [LoggerMessage(EventId = 4008, Level = LogLevel.Critical, Message = "The agent ends: {Reason}")]
    public static partial void Exiting(ILogger logger, string reason);
}
