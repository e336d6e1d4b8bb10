using System.Net;
using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Proxy.Routing;
using Router.Proxy.Sessions;

namespace Router.Proxy;

/// <summary>
/// Everything the data plane says. No line names a client's address above Debug but where log_connections, log_disconnections
/// or log_pooler_errors asks for it; none a password.
/// </summary>
internal static partial class ProxyLog
{
    [LoggerMessage(EventId = 2000, Level = LogLevel.Information,
        Message = "Listening on {EndPoint} for clients of the {Kind}")]
    public static partial void Listening(ILogger logger, EndPoint endPoint, ListenerKind kind);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Information, Message = "listening on {Address}")]
    public static partial void ListeningAsBouncer(ILogger logger, string address);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information,
        Message = "Draining {Clients} clients for at most {Seconds} s")]
    public static partial void Draining(ILogger logger, int clients, double seconds);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning,
        Message = "Drain ended with {Clients} clients still connected; cutting them")]
    public static partial void DrainTimedOut(ILogger logger, int clients);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "Proxy stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(EventId = 2100, Level = LogLevel.Information,
        Message = "Routing view {Version}: primary {Member}, system {System}, timeline {Timeline}, {Replicas} replicas")]
    public static partial void PrimaryUsable(
        ILogger logger, long version, MemberName member, SystemIdentifier system, Timeline timeline, int replicas);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning,
        Message = "Routing view {Version}: writes are held: {Reason}")]
    public static partial void WritesHeld(ILogger logger, long version, string reason);

    [LoggerMessage(EventId = 2200, Level = LogLevel.Debug, Message = "Backend could not be opened: {Reason}")]
    public static partial void BackendOpenFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 2201, Level = LogLevel.Debug,
        Message = "Cancel request for backend {BackendPid} could not be passed on: {Reason}")]
    public static partial void CancelFailed(ILogger logger, int backendPid, string reason);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Debug,
        Message = "Server connection of {Database}/{User} to {Member} closed: {Reason}")]
    public static partial void PooledBackendClosed(
        ILogger logger, string database, string user, MemberName member, string reason);

    [LoggerMessage(EventId = 2203, Level = LogLevel.Warning,
        Message = "{Member} refused our login to {Database} as {User} ({SqlState}): {Reason}")]
    public static partial void ServerLoginRefused(
        ILogger logger, MemberName member, string database, string user, string sqlState, string reason);

    [LoggerMessage(EventId = 2204, Level = LogLevel.Error, Message = "Pool of {Database}/{User} met a bug")]
    public static partial void PoolFailed(ILogger logger, string database, string user, Exception exception);

    [LoggerMessage(EventId = 2205, Level = LogLevel.Warning,
        Message = "connect_query of {Database} failed ({SqlState}): {Reason}")]
    public static partial void ConnectQueryFailed(ILogger logger, string database, string sqlState, string reason);

    [LoggerMessage(EventId = 2206, Level = LogLevel.Warning, Message = "auth_query on {Database} as {User} failed: {Reason}")]
    public static partial void AuthQueryFailed(ILogger logger, string database, string user, string reason);

    [LoggerMessage(EventId = 2207, Level = LogLevel.Warning, Message = "{Authority} gave no answer about user {User}: {Reason}")]
    public static partial void AuthorityFailed(ILogger logger, string authority, string user, string reason);

    [LoggerMessage(EventId = 2208, Level = LogLevel.Information, Message = "{Authority} does not let user {User} in: {Reason}")]
    public static partial void AuthorityRefused(ILogger logger, string authority, string user, string reason);

    [LoggerMessage(EventId = 2310, Level = LogLevel.Information,
        Message = "{Who} login attempt: db={Database} user={User} tls={Tls}")]
    public static partial void LoginAttempt(ILogger logger, string who, string database, string user, string tls);

    [LoggerMessage(EventId = 2311, Level = LogLevel.Information, Message = "{Who} closing because: {Reason} (age={Seconds}s)")]
    public static partial void ClosingBecause(ILogger logger, string who, string reason, long seconds);

    [LoggerMessage(EventId = 2312, Level = LogLevel.Warning, Message = "{Who} pooler error: {Words}")]
    public static partial void PoolerError(ILogger logger, string who, string words);

    [LoggerMessage(EventId = 2313, Level = LogLevel.Information, Message = "{Who} new connection to server (from {Local})")]
    public static partial void ServerOpened(ILogger logger, string who, string local);

    [LoggerMessage(EventId = 2314, Level = LogLevel.Information, Message = "{Command} command issued")]
    public static partial void Ordered(ILogger logger, string command);

    [LoggerMessage(EventId = 2315, Level = LogLevel.Information,
        Message = "stats: {Xacts} xacts/s, {Queries} queries/s, {ClientParses} client parses/s, {ServerParses} server parses/s, "
            + "{Binds} binds/s, in {In} B/s, out {Out} B/s, xact {XactTime} us, query {QueryTime} us, wait {WaitTime} us")]
    public static partial void Stats(
        ILogger logger, long xacts, long queries, long clientParses, long serverParses, long binds, long @in, long @out,
        long xactTime, long queryTime, long waitTime);

    [LoggerMessage(EventId = 2304, Level = LogLevel.Warning, Message = "A connection from {Peer} was closed: {Reason}")]
    public static partial void HeaderRefused(ILogger logger, EndPoint? peer, string reason);

    [LoggerMessage(EventId = 2300, Level = LogLevel.Debug, Message = "Session of {Client} began")]
    public static partial void SessionBegan(ILogger logger, EndPoint? client);

    [LoggerMessage(EventId = 2301, Level = LogLevel.Debug,
        Message = "Session of {Client} was cut: {Reason}; in flight: {IsInFlight}")]
    public static partial void SessionCut(ILogger logger, EndPoint? client, CutReason reason, bool isInFlight);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Debug, Message = "Session of {Client} ended: {Reason}")]
    public static partial void SessionEnded(ILogger logger, EndPoint? client, string reason);

    [LoggerMessage(EventId = 2303, Level = LogLevel.Error, Message = "Session of {Client} met a bug and was ended")]
    public static partial void SessionFailed(ILogger logger, EndPoint? client, Exception exception);
}
