using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Authentication.Hba;

namespace Router.Proxy.Manners;

/// <summary>The catalogue of what clients hear from the proxy itself, but for sessions that are cut.</summary>
internal static class Refusals
{
    public static readonly Refusal TooManyClients =
        new(SqlState.TooManyConnections, "no more connections allowed (max_client_conn)", "no more connections allowed (max_client_conn)");

    public static readonly Refusal TooManyClientsOfDatabase = new(
        SqlState.TooManyConnections, "client connections exceeded (max_db_client_connections)",
        "client connections exceeded (max_db_client_connections)");

    public static readonly Refusal TooManyClientsOfUser = new(
        SqlState.TooManyConnections, "client connections exceeded (max_user_client_connections)",
        "client connections exceeded (max_user_client_connections)");

    public static readonly Refusal NoTls = new(
        SqlState.InvalidAuthorizationSpecification, "connections without TLS are not allowed here (client_tls_sslmode)",
        "SSL required")
    { Hint = "Connect with sslmode=require or stronger." };

    public static readonly Refusal NoUserName = new(
        SqlState.InvalidAuthorizationSpecification, "no PostgreSQL user name specified in startup packet",
        "no username supplied");

    public static readonly Refusal QueryWait = new(
        SqlState.TooManyConnections, "no server connection became free in time (query_wait_timeout)", "query_wait_timeout");

    public static readonly Refusal QueryWaitFull =
        new(SqlState.TooManyConnections, "too many clients wait for a server connection (query_wait_max)");

    public static readonly Refusal AnyNeedsUser = new(
        SqlState.InvalidAuthorizationSpecification, "auth_type any needs a database with a user of its own", "bouncer config error");

    public static readonly Refusal BadAuthSetup = new(
        SqlState.ConfigFileError, "the user could not be looked up; see the proxy's log", "bouncer config error");

    public static readonly Refusal PamDown = new(
        SqlState.CannotConnectNow, "PAM does not answer; see the proxy's log", "PAM authentication failed");

    public static readonly Refusal LdapDown = new(
        SqlState.CannotConnectNow, "the LDAP server does not answer; see the proxy's log", "LDAP authentication failed");

    public static readonly Refusal ShuttingDown =
        new(SqlState.AdminShutdown, "the proxy is shutting down", "pooler is shutting down");

    public static readonly Refusal NoReplication = new(
        SqlState.FeatureNotSupported, "the console sends no replication stream", "login failed");

    public static Refusal NoSuchDatabase(string name) =>
        new(SqlState.InvalidCatalogName, $"database \"{name}\" does not exist", $"no such database: {name}");

    public static Refusal DatabaseDisabled(string name) =>
        new(SqlState.CannotConnectNow, $"database \"{name}\" is disabled", $"database \"{name}\" is disabled");

    public static Refusal AuthDatabaseDisabled(string name) => new(
        SqlState.CannotConnectNow, $"authentication database \"{name}\" is disabled",
        $"authentication database \"{name}\" is disabled");

    public static Refusal NotOnConsole(string user) => new(
        SqlState.InsufficientPrivilege, $"user \"{user}\" is in neither admin_users nor stats_users", "not allowed");

    public static Refusal WrongPassword(string user) =>
        new(SqlState.InvalidPassword, $"password authentication failed for user \"{user}\"", "password authentication failed");

    public static Refusal WrongSasl(string user) =>
        new(SqlState.InvalidPassword, $"password authentication failed for user \"{user}\"", "SASL authentication failed");

    public static Refusal NotTrusted(string user) => new(
        SqlState.InvalidAuthorizationSpecification, $"\"trust\" authentication failed for user \"{user}\"",
        "\"trust\" authentication failed");

    public static Refusal NotCertified(string user) => new(
        SqlState.InvalidAuthorizationSpecification, $"certificate authentication failed for user \"{user}\"",
        "certificate authentication failed");

    public static Refusal NotPeer(string user) => new(
        SqlState.InvalidAuthorizationSpecification, $"peer authentication failed for user \"{user}\"", "unix socket login rejected");

    public static Refusal WrongByPam(string user) => new(
        SqlState.InvalidAuthorizationSpecification, $"PAM authentication failed for user \"{user}\"", "PAM authentication failed");

    public static Refusal WrongByLdap(string user) => new(
        SqlState.InvalidAuthorizationSpecification, $"LDAP authentication failed for user \"{user}\"", "LDAP authentication failed");

    public static Refusal Rejected(string user) => new(
        SqlState.InvalidAuthorizationSpecification, $"the HBA file rejects this connection of user \"{user}\"", "login rejected");

    public static Refusal NoHbaLine(HbaFacts client) => new(
        SqlState.InvalidAuthorizationSpecification,
        $"the HBA file has no line for {(client.IsLocal ? "a local connection" : $"address {client.Address}")} of user "
            + $"\"{client.User}\" to {(client.IsReplication ? "replicate" : $"database \"{client.Database}\"")}, "
            + $"{(client.IsTls ? "with" : "without")} TLS",
        "no authentication method is found");

    public static Refusal HoldTimedOut(string reason) =>
        new(SqlState.CannotConnectNow, $"waited hold_timeout in vain: {reason}") { Hint = "Try again in a moment." };

    public static Refusal ServerDown(string reason) => new(
        SqlState.ConnectionFailure, $"no server can be reached ({reason}); it is tried again after server_login_retry",
        $"server login has been failing, cached error: {reason} (server_login_retry)");

    /// <summary>A notice to a client whose request waits.</summary>
    public static ErrorResponse Waiting(Personality personality) =>
        Notice(personality, "No server connection available in postgres backend, client being queued");

    /// <summary>No refusal, but of the same shape.</summary>
    public static ErrorResponse Notice(Personality personality, string words) =>
        new(ErrorSeverity.Notice, "00000", words) { IsTerse = personality == Personality.PgBouncer };

    /// <summary>What has no row here: our words in either manner.</summary>
    public static ErrorResponse In(Personality personality, ErrorResponse error) =>
        personality == Personality.PgBouncer ? new Refusal(error.Code, error.Message).In(personality) : error;
}
