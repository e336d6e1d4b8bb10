using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Router.Agent.Api;

/// <summary>What the REST API logs: 5500 to 5599.</summary>
internal static partial class AgentApiLog
{
    [LoggerMessage(EventId = 5500, Level = LogLevel.Information, Message = "REST API listens on {Address}")]
    public static partial void Listening(ILogger logger, Uri address);

    [LoggerMessage(EventId = 5501, Level = LogLevel.Information,
        Message = "Received {Action} request with leader={Leader} candidate={Candidate} scheduled_at={ScheduledAt}")]
    public static partial void SwitchoverAsked(
        ILogger logger, string action, string? leader, string? candidate, string? scheduledAt);

    [LoggerMessage(EventId = 5502, Level = LogLevel.Warning,
        Message = "restapi.allowlist: {Entry} is no network and no name that resolves; it allows nobody")]
    public static partial void AllowlistEntryUnresolved(ILogger logger, string entry);

    [LoggerMessage(EventId = 5503, Level = LogLevel.Information,
        Message = "REST API presents a new certificate, serial number {SerialNumber}")]
    public static partial void CertificateChanged(ILogger logger, string serialNumber);

    [LoggerMessage(EventId = 5504, Level = LogLevel.Warning,
        Message = "{CertFile} cannot be loaded; REST API goes on with the certificate that it has")]
    public static partial void CertificateUnusable(ILogger logger, Exception error, string certFile);

    [LoggerMessage(EventId = 5506, Level = LogLevel.Error,
        Message = "REST API cannot be opened as {Options}, it goes on as it was: {Reason}")]
    public static partial void NotReopened(ILogger logger, RestApiOptions options, string reason);

    [LoggerMessage(EventId = 5505, Level = LogLevel.Debug, Message = "{Method} {Path} answered {Status} to {Peer}")]
    public static partial void Answered(ILogger logger, string method, PathString path, int status, IPAddress? peer);
}
