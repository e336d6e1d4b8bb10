namespace Router.Postgres.Fencing;

/// <summary>One process of the instance, identified by id and start time: an id alone may be used again.</summary>
/// <param name="StartTicks">Since boot, from /proc/PID/stat.</param>
/// <param name="IsRoot">Its parent is no process of the instance: the postmaster, or an orphan.</param>
internal record struct ProcessEntry(int Pid, int ParentPid, ulong StartTicks, bool IsRoot);
