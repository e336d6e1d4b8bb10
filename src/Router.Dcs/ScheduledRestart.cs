namespace Router.Dcs;

/// <summary>A restart that a member was asked to do later, as its key shows it.</summary>
/// <param name="Schedule">When.</param>
/// <param name="PostmasterStartTime">The instance that it was asked of; another start time makes it void.</param>
/// <param name="Role">Only while in this role.</param>
/// <param name="PostgresVersion">Only while the server is older than this.</param>
/// <param name="RestartPending">Only if parameters wait for a restart.</param>
/// <param name="TimeoutSeconds">Bound of the restart.</param>
public sealed record ScheduledRestart(
    DateTimeOffset Schedule,
    string PostmasterStartTime,
    string? Role = null,
    string? PostgresVersion = null,
    bool? RestartPending = null,
    int? TimeoutSeconds = null);
