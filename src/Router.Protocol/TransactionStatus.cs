namespace Router.Protocol;

/// <summary>What ReadyForQuery says of the backend's transaction.</summary>
public enum TransactionStatus : byte
{
    /// <summary>No ReadyForQuery seen yet.</summary>
    Unknown = 0,

    /// <summary>Not in a transaction block.</summary>
    Idle = (byte)'I',

    /// <summary>In a transaction block.</summary>
    InTransaction = (byte)'T',

    /// <summary>In a failed transaction block: everything is refused until it ends.</summary>
    InFailedTransaction = (byte)'E',
}
