namespace Router.Cluster.Guarding;

/// <summary>
/// The part of the guard's state that outlives it, so that a successor or the unit's ExecStopPost honours the deadline.
/// </summary>
public readonly record struct GuardRecord(
    GuardDuty Duty, BootTime Deadline, Acquisition Acquisition, Acquisition? Latch, bool IsFenced);
