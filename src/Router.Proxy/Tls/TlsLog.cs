using Microsoft.Extensions.Logging;

namespace Router.Proxy.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(EventId = 2400, Level = LogLevel.Information,
        Message = "TLS handshake with a client failed: {Reason}; {LeftOut} more lines like this were left out")]
    public static partial void ClientFailed(ILogger logger, string reason, long leftOut);

    [LoggerMessage(EventId = 2401, Level = LogLevel.Warning,
        Message = "TLS handshake with a server failed: {Reason}; {LeftOut} more lines like this were left out")]
    public static partial void ServerFailed(ILogger logger, string reason, long leftOut);

    [LoggerMessage(EventId = 2402, Level = LogLevel.Information, Message = "The files of TLS were read again")]
    public static partial void FilesRead(ILogger logger);

    [LoggerMessage(EventId = 2403, Level = LogLevel.Error,
        Message = "TLS goes on with the former settings and files, for the new ones cannot be used: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);
}
