namespace Router.Hosting;

internal static partial class HostLog
{
    [LoggerMessage(EventId = 8101, Level = LogLevel.Critical,
        Message = "Another agent runs for {DataDirectory}; one data directory has one agent")]
    public static partial void AnotherAgent(ILogger logger, string dataDirectory);

    [LoggerMessage(EventId = 8103, Level = LogLevel.Warning,
        Message = "The store does not answer yet, it is tried again for {Seconds} s: {Fault}")]
    public static partial void StoreFault(ILogger logger, string fault, double seconds);

    [LoggerMessage(EventId = 8104, Level = LogLevel.Critical, Message = "{Problem}")]
    public static partial void CannotServe(ILogger logger, string problem);
}
