namespace Router.Cluster.Local;

/// <summary>
/// What this process knows of its own leadership. Time enters as data: measured from before the request was sent.
/// </summary>
public abstract record LeaseState
{
    private LeaseState()
    {
    }

    /// <summary>Never led since this process began, or gave the lock back itself with PostgreSQL stopped.</summary>
    public sealed record None : LeaseState;

    /// <summary>
    /// Leads by a claim whose last proven renewal is safe until <paramref name="SafeUntil"/> (rule S1). Whether that
    /// point has passed is for the reader to ask: <see cref="LocalState.HoldsLease"/>.
    /// </summary>
    public sealed record Held(long EpochNumber, bool IsEpochOpened, BootTime SafeUntil) : LeaseState;

    /// <summary>
    /// Led, and the claim is gone or ran out: no claim to the key before the instance is stopped or fenced and the
    /// race is run as a former primary (rule S4).
    /// </summary>
    public sealed record Lapsed : LeaseState;
}
