namespace Router.Agent;

/// <summary>Whether the member leads without its guard.</summary>
public enum GuardMode
{
    /// <summary>A guard is started and fed; should it be missing, the member leads on and the log warns.</summary>
    Automatic,

    /// <summary>Without a guard the member may not hold the leader lock.</summary>
    Required,

    /// <summary>No guard, as with every Patroni member.</summary>
    Off,
}
