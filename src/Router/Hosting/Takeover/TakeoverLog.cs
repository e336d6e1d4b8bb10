namespace Router.Hosting.Takeover;

/// <summary>What a hand-over says.</summary>
internal static partial class TakeoverLog
{
    [LoggerMessage(EventId = 8400, Level = LogLevel.Warning, Message = "No other process can take over from this one: {Reason}")]
    public static partial void NotAvailable(ILogger logger, string reason);

    [LoggerMessage(EventId = 8401, Level = LogLevel.Warning,
        Message = "Process {ProcessId} of account {Account} wanted to take over and may not")]
    public static partial void Refused(ILogger logger, int processId, uint account);

    [LoggerMessage(EventId = 8402, Level = LogLevel.Warning, Message = "Process {ProcessId} did not take over: {Reason}; this one goes on")]
    public static partial void Failed(ILogger logger, int processId, string reason);

    [LoggerMessage(EventId = 8403, Level = LogLevel.Information,
        Message = "Handed over to process {ProcessId}; this one ends when its last client has left")]
    public static partial void HandedOver(ILogger logger, int processId);

    [LoggerMessage(EventId = 8404, Level = LogLevel.Information, Message = "Taking over from process {ProcessId}")]
    public static partial void TakingOver(ILogger logger, int processId);
}
