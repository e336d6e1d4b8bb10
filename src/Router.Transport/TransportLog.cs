using System.Net;
using Microsoft.Extensions.Logging;

namespace Router.Transport;

internal static partial class TransportLog
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Information,
        Message = "Transport {Kind} started with {Loops} loops")]
    public static partial void Started(ILogger logger, TransportKind kind, int loops);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error,
        Message = "Loop {Loop}: a callback failed; the loop goes on")]
    public static partial void CallbackFailed(ILogger logger, int loop, Exception exception);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning,
        Message = "Accepting on {Address} failed ({Reason}); trying again every {Seconds} s until it succeeds")]
    public static partial void AcceptPaused(ILogger logger, EndPoint address, string reason, double seconds);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Information,
        Message = "Accepting on {Address} works again")]
    public static partial void AcceptResumed(ILogger logger, EndPoint address);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Information,
        Message = "io_uring does not work here, so epoll it is: {Reason}")]
    public static partial void UringRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Critical,
        Message = "Loop {Loop} ended by a failure; its connections are dead")]
    public static partial void LoopFailed(ILogger logger, int loop, Exception exception);
}
