namespace Router.Cluster.Local;

/// <summary>What pg_controldata says of a data directory.</summary>
/// <param name="State">Its "Database cluster state": <c>in production</c>, <c>shut down</c> …</param>
/// <param name="Identifier">The system identifier.</param>
/// <param name="Timeline">"Latest checkpoint's TimeLineID".</param>
/// <param name="CheckpointLsn">"Latest checkpoint location".</param>
/// <param name="MinimumRecoveryEnd">"Minimum recovery ending location"; 0/0 on a primary.</param>
/// <param name="MinimumRecoveryTimeline">"Min recovery ending loc's timeline"; 0 on a primary.</param>
public sealed record ControlFile(
    string State,
    SystemIdentifier Identifier,
    Timeline Timeline,
    Lsn CheckpointLsn,
    Lsn MinimumRecoveryEnd,
    Timeline MinimumRecoveryTimeline)
{
    public bool IsCleanPrimaryShutdown => State == "shut down";

    public bool IsStandby => State is "in archive recovery" or "shut down in recovery";
}
