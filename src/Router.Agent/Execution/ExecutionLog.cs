using Microsoft.Extensions.Logging;

namespace Router.Agent.Execution;

internal static partial class ExecutionLog
{
    [LoggerMessage(EventId = 4101, Level = LogLevel.Warning,
        Message = "The remembered claim in {Path} cannot be read: {Reason}")]
    public static partial void ClaimUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Warning,
        Message = "The claim could not be written to {Path}: {Reason}; a restarted agent will not adopt it")]
    public static partial void ClaimNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 4103, Level = LogLevel.Error,
        Message = "The leader lease has run out: this member may no longer lead")]
    public static partial void LeaseLapsed(ILogger logger);

    [LoggerMessage(EventId = 4104, Level = LogLevel.Warning,
        Message = "The store does not know the leader lease {LeaseId} any more")]
    public static partial void LeaseGone(ILogger logger, long leaseId);

    [LoggerMessage(EventId = 4105, Level = LogLevel.Warning,
        Message = "The lease {LeaseId} is alive, but the leader key is not as this member wrote it")]
    public static partial void ProofFailed(ILogger logger, long leaseId);

    [LoggerMessage(EventId = 4106, Level = LogLevel.Warning, Message = "No renewal of the leader lease: {Reason}")]
    public static partial void RenewalUnanswered(ILogger logger, string reason);

    [LoggerMessage(EventId = 4107, Level = LogLevel.Critical, Message = "This decision is impossible, {Bug}")]
    public static partial void ImpossibleDecision(ILogger logger, string bug);

    [LoggerMessage(EventId = 4110, Level = LogLevel.Information, Message = "{Action}: {Reason}")]
    public static partial void ActionDone(ILogger logger, string action, string reason);

    [LoggerMessage(EventId = 4111, Level = LogLevel.Warning, Message = "{Action} failed: {Reason}")]
    public static partial void ActionFailed(ILogger logger, string action, string reason);

    [LoggerMessage(EventId = 4112, Level = LogLevel.Information, Message = "{Operation} began")]
    public static partial void OperationBegan(ILogger logger, string operation);

    [LoggerMessage(EventId = 4113, Level = LogLevel.Information, Message = "{Operation} ended: {Reason}")]
    public static partial void OperationEnded(ILogger logger, string operation, string reason);

    [LoggerMessage(EventId = 4114, Level = LogLevel.Warning, Message = "{Operation} failed: {Reason}")]
    public static partial void OperationFailed(ILogger logger, string operation, string reason);

    [LoggerMessage(EventId = 4116, Level = LogLevel.Debug, Message = "{Operation} failed as before: {Reason}")]
    public static partial void OperationFailedAgain(ILogger logger, string operation, string reason);

    [LoggerMessage(EventId = 4115, Level = LogLevel.Error, Message = "{Operation} ended by a bug")]
    public static partial void OperationBroke(ILogger logger, Exception error, string operation);
}
