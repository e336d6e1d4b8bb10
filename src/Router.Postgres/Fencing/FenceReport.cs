namespace Router.Postgres.Fencing;

/// <summary>What one run of the fence, or its rehearsal, did.</summary>
/// <param name="Signalled">Processes that took the signal.</param>
/// <param name="Refused">Processes that the kernel would not let us signal.</param>
/// <param name="Rounds">Scans of /proc until nothing new was found.</param>
/// <param name="IsSettled">Whether the last scan found nothing new.</param>
/// <param name="LastError">errno of the last refusal, else 0.</param>
public readonly record struct FenceReport(int Signalled, int Refused, int Rounds, bool IsSettled, int LastError)
{
    /// <summary>
    /// SIGKILL is pending on every process of the instance, or it is gone: none returns to user mode, also out of
    /// D state, so none acknowledges anything any more.
    /// </summary>
    public bool IsFenced => IsSettled && Refused == 0;
}
