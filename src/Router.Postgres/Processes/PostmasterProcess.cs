namespace Router.Postgres.Processes;

/// <summary>A postmaster that lives: told apart from a later process with the same id by its start time.</summary>
/// <param name="StartTicks">Since boot.</param>
/// <param name="IsStopped">The kernel has it stopped (SIGSTOP, a debugger): it cannot answer.</param>
/// <param name="File">Its lock file as last read.</param>
internal sealed record PostmasterProcess(int Pid, ulong StartTicks, bool IsStopped, LockFile File);
