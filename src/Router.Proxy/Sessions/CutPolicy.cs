using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Manners;

namespace Router.Proxy.Sessions;

/// <summary>What a client hears when its session is cut (S22). Pure.</summary>
public static class CutPolicy
{
    private const string UnknownOutcome = "the outcome of the last request is not known";

    /// <param name="reason">Why.</param>
    /// <param name="isInFlight">
    /// Some byte of a request reached the server, and its ReadyForQuery has not come back. Then no code of class 57 may
    /// be said: drivers repeat the request on those.
    /// </param>
    /// <param name="personality">In whose manner it is said.</param>
    public static ErrorResponse FinalError(CutReason reason, bool isInFlight, Personality personality) =>
        personality == Personality.PgBouncer
            ? new Refusal(SqlState.ProtocolViolation, BouncerWordsOf(reason) ?? CauseOf(reason)).In(personality)
            : FinalError(reason, isInFlight);

    /// <inheritdoc cref="FinalError(CutReason, bool, Personality)"/>
    public static ErrorResponse FinalError(CutReason reason, bool isInFlight) => reason switch
    {
        CutReason.ClientMalformed => ErrorResponse.Fatal(
            SqlState.ProtocolViolation, "a message with an impossible length came from the client"),
        CutReason.PasswordOutOfTurn => ErrorResponse.Fatal(
            SqlState.ProtocolViolation, $"invalid frontend message type {MessageType.Password}"),
        CutReason.LoginTimedOut => ErrorResponse.Fatal(
            SqlState.QueryCanceled, "login took longer than client_login_timeout"),
        CutReason.NotPrimary => ErrorResponse.Fatal(SqlState.CannotConnectNow, CauseOf(reason))
            with
        { Hint = "Connect again." },
        CutReason.TransactionBlock => ErrorResponse.Fatal(SqlState.FeatureNotSupported, CauseOf(reason)),
        _ when isInFlight => ErrorResponse.Fatal(
            SqlState.TransactionResolutionUnknown, $"{CauseOf(reason)}; {UnknownOutcome}")
            with
        { Hint = "Look whether the request took effect before sending it again." },
        CutReason.NotificationsUnread => ErrorResponse.Fatal(SqlState.ProgramLimitExceeded, CauseOf(reason)),
        CutReason.ClientIdle => ErrorResponse.Fatal(SqlState.IdleSessionTimeout, CauseOf(reason)),
        CutReason.IdleInTransaction => ErrorResponse.Fatal(SqlState.IdleInTransactionTimeout, CauseOf(reason)),
        CutReason.TransactionTimedOut => ErrorResponse.Fatal(SqlState.TransactionTimeout, CauseOf(reason)),
        _ => ErrorResponse.Fatal(SqlState.AdminShutdown, CauseOf(reason))
            with
        { Hint = "Connect again." },
    };

    /// <summary>
    /// A final error of PostgreSQL's own that must not reach a client with a request in flight, because its code says
    /// "repeat it": administrator shutdown and crash.
    /// </summary>
    public static bool MustRewrite(string sqlState, bool isInFlight) =>
        isInFlight && sqlState is (SqlState.AdminShutdown or SqlState.CrashShutdown);

    public static string CauseOf(CutReason reason) => reason switch
    {
        CutReason.PrimaryChanged => "the session's primary is no longer the primary",
        CutReason.RoleChanged => "the session's replica is no longer a replica of the cluster",
        CutReason.NotPrimary => "the server became a standby during the login",
        CutReason.BackendLost => "the connection to the server was lost",
        CutReason.BackendShutDown => "the server ended the session",
        CutReason.HoldTimedOut => "no usable primary within hold_timeout",
        CutReason.ClientIdle => "the client asked nothing for client_idle_timeout",
        CutReason.IdleInTransaction => "the transaction rested for idle_transaction_timeout",
        CutReason.QueryTimedOut => "the request ran longer than query_timeout",
        CutReason.TransactionTimedOut => "the transaction is older than transaction_timeout",
        CutReason.TransactionBlock => "transaction blocks are not allowed in statement pooling mode",
        CutReason.DatabaseRemoved => "the database was removed from the proxy",
        CutReason.NotificationsUnread => "the client does not read its notifications: more than 1 MiB of them wait",
        CutReason.OrderedByOperator => "an operator ended the session",
        CutReason.ShuttingDown => "the proxy is shutting down",
        CutReason.BackendMalformed => "the server sent a message with an impossible length",
        _ => "the session was ended",
    };

    /// <summary>PgBouncer's words; null where it has none, because it never ends a session for that.</summary>
    private static string? BouncerWordsOf(CutReason reason) => reason switch
    {
        CutReason.LoginTimedOut => "client_login_timeout",
        CutReason.BackendLost or CutReason.BackendShutDown or CutReason.BackendMalformed => "server conn crashed?",
        CutReason.ClientIdle => "client_idle_timeout",
        CutReason.IdleInTransaction => "idle transaction timeout",
        CutReason.QueryTimedOut => "query timeout",
        CutReason.TransactionTimedOut => "transaction timeout",
        CutReason.TransactionBlock => "transaction blocks not allowed in statement pooling mode",
        CutReason.DatabaseRemoved => "database removed",
        CutReason.OrderedByOperator => "admin forced disconnect",
        CutReason.ShuttingDown => "server shutting down",
        CutReason.ClientMalformed => "bad packet header",
        CutReason.PasswordOutOfTurn => "unknown pkt",
        _ => null,
    };
}
