using Microsoft.Extensions.Logging;

namespace Router.Dcs;

/// <summary>Everything that this project says.</summary>
internal static partial class DcsLog
{
    [LoggerMessage(EventId = 6001, Level = LogLevel.Debug, Message = "etcd {Reason}; taking the next endpoint")]
    public static partial void EndpointFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Information, Message = "Watch of {Prefix} ended: {Reason}; reading afresh")]
    public static partial void WatchEnded(ILogger logger, string prefix, string reason);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning,
        Message = "etcd's history of {Prefix} went back ({Reason}); everything known from it is dropped")]
    public static partial void HistoryWentBack(ILogger logger, string prefix, string reason);

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "Lost sight of {Prefix}: {Reason}")]
    public static partial void SightLost(ILogger logger, string prefix, string reason);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Information, Message = "{Prefix} is in sight again")]
    public static partial void SightRegained(ILogger logger, string prefix);

    [LoggerMessage(EventId = 6010, Level = LogLevel.Information,
        Message = "etcd child {Pid} serves {ClientUrl} from {DataDir}")]
    public static partial void ChildServes(ILogger logger, int pid, Uri clientUrl, string dataDir);

    [LoggerMessage(EventId = 6011, Level = LogLevel.Warning,
        Message = "etcd child ended with exit code {ExitCode}; starting it again in {DelaySeconds} s")]
    public static partial void ChildEnded(ILogger logger, int exitCode, double delaySeconds);

    [LoggerMessage(EventId = 6012, Level = LogLevel.Information, Message = "etcd child {Pid} stopped")]
    public static partial void ChildStopped(ILogger logger, int pid);

    [LoggerMessage(EventId = 6013, Level = LogLevel.Error, Message = "etcd child could not be started again: {Reason}")]
    public static partial void ChildNotRestarted(ILogger logger, string reason);
}
