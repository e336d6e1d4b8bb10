using Router.Cluster;

namespace Router.Postgres.History;

/// <summary>
/// The stopped instance's end of history, by pg_controldata.
/// </summary>
/// <param name="IsFormerPrimary">It wrote WAL itself, and its last record may be its own.</param>
/// <param name="IsClean">It was shut down; else WAL may reach beyond <paramref name="Lsn"/>.</param>
/// <param name="Lsn">Standby: the minimum recovery end. Former primary: the start of its last checkpoint.</param>
/// <param name="CheckpointEnd">Former primary, clean: where its shutdown checkpoint's record ends; null: not known.</param>
internal sealed record WalPosition(bool IsFormerPrimary, bool IsClean, Timeline Timeline, Lsn Lsn, Lsn? CheckpointEnd);
