namespace Router.Protocol.Sql;

/// <summary>
/// What a statement does to session or transaction, told by its first words. Most do nothing to them:
/// <see cref="Other"/>. What functions do (<c>set_config</c>, <c>pg_advisory_lock</c>, <c>DO</c>) cannot be seen here.
/// </summary>
public enum StatementKind
{
    /// <summary>None of those below.</summary>
    Other,

    /// <summary>BEGIN, START TRANSACTION.</summary>
    Begin,

    /// <summary>COMMIT, END.</summary>
    Commit,

    /// <summary>ROLLBACK, ABORT.</summary>
    Rollback,

    Savepoint,
    ReleaseSavepoint,
    RollbackToSavepoint,
    PrepareTransaction,
    CommitPrepared,
    RollbackPrepared,

    /// <summary>
    /// SET for the session. The name is the setting's, also where the syntax is another: SET ROLE is <c>role</c>,
    /// SET TIME ZONE is <c>TimeZone</c>, SET SESSION AUTHORIZATION is <c>session_authorization</c>.
    /// </summary>
    Set,

    /// <summary>SET LOCAL: gone with the transaction.</summary>
    SetLocal,

    /// <summary>SET TRANSACTION: gone with the transaction.</summary>
    SetTransaction,

    SetSessionCharacteristics,

    /// <summary>SET CONSTRAINTS: gone with the transaction.</summary>
    SetConstraints,

    Reset,
    ResetAll,
    DiscardAll,
    DiscardPlans,
    DiscardSequences,
    DiscardTemp,
    Listen,
    Unlisten,
    UnlistenAll,
    Notify,
    Prepare,
    Execute,
    Deallocate,
    DeallocateAll,

    /// <summary>A cursor that ends with its transaction.</summary>
    DeclareCursor,

    DeclareCursorWithHold,
    CloseCursor,
    CloseAllCursors,

    /// <summary>
    /// CREATE TEMP TABLE, VIEW or SEQUENCE. Not seen: SELECT INTO TEMP, and names that are qualified with pg_temp.
    /// </summary>
    CreateTemp,

    /// <summary>LOAD of a shared library.</summary>
    Load,
}
