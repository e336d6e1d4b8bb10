namespace Router.Hosting;

internal static partial class HostLog
{
    [LoggerMessage(EventId = 8101, Level = LogLevel.Critical,
        Message = "Another agent runs for {DataDirectory}; one data directory has one agent")]
    public static partial void AnotherAgent(ILogger logger, string dataDirectory);

    [LoggerMessage(EventId = 8102, Level = LogLevel.Critical, Message = "The store cannot be used: {Problem}")]
    public static partial void StoreRefused(ILogger logger, string problem);

    [LoggerMessage(EventId = 8103, Level = LogLevel.Warning, Message = "{Fault}")]
    public static partial void StoreFault(ILogger logger, string fault);

    [LoggerMessage(EventId = 8104, Level = LogLevel.Critical, Message = "{Problem}")]
    public static partial void CannotListen(ILogger logger, string problem);
}
