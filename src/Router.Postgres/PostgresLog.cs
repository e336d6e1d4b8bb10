using Microsoft.Extensions.Logging;

namespace Router.Postgres;

/// <summary>Everything that the local instance's owner says.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "{Operation} done: {Reason}")]
    public static partial void OperationDone(ILogger logger, string operation, string reason);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "{Operation} failed: {Reason}")]
    public static partial void OperationFailed(ILogger logger, string operation, string reason);

    [LoggerMessage(EventId = 7005, Level = LogLevel.Debug, Message = "{Operation} failed as before: {Reason}")]
    public static partial void OperationFailedAgain(ILogger logger, string operation, string reason);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning,
        Message = "PostgreSQL refuses the agent's own sessions, {Refusal}; look at postgresql.authentication.superuser, "
            + "pg_hba and max_connections")]
    public static partial void SessionsRefused(ILogger logger, string refusal);

    [LoggerMessage(EventId = 7004, Level = LogLevel.Warning, Message = "PostgreSQL receives no WAL: {Refusal}")]
    public static partial void StandbyRefused(ILogger logger, string refusal);
}
