namespace Router.Protocol;

/// <summary>The SQLSTATE codes that a proxy says or understands.</summary>
public static class SqlState
{
    public const string FeatureNotSupported = "0A000";
    public const string ConnectionException = "08000";
    public const string ConnectionDoesNotExist = "08003";
    public const string ConnectionFailure = "08006";
    public const string TransactionResolutionUnknown = "08007";
    public const string ProtocolViolation = "08P01";
    public const string InvalidParameterValue = "22023";
    public const string ReadOnlySqlTransaction = "25006";
    public const string InvalidStatementName = "26000";
    public const string InvalidCursorName = "34000";
    public const string InsufficientPrivilege = "42501";
    public const string SyntaxError = "42601";
    public const string IdleInTransactionTimeout = "25P03";
    public const string TransactionTimeout = "25P04";
    public const string InvalidAuthorizationSpecification = "28000";
    public const string InvalidPassword = "28P01";
    public const string InvalidCatalogName = "3D000";

    /// <summary>The class of "no room": connections, memory, disk.</summary>
    public const string InsufficientResources = "53";

    public const string ProgramLimitExceeded = "54000";
    public const string TooManyConnections = "53300";
    public const string QueryCanceled = "57014";
    public const string AdminShutdown = "57P01";
    public const string CrashShutdown = "57P02";
    public const string CannotConnectNow = "57P03";
    public const string IdleSessionTimeout = "57P05";
    public const string ObjectNotInPrerequisiteState = "55000";
    public const string ConfigFileError = "F0000";
}
