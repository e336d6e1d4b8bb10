namespace Router.Configuration.Agent;

/// <summary>How much a member depends on a protection, <c>guard.mode</c> or <c>watchdog.mode</c>.</summary>
internal enum ProtectionMode
{
    /// <summary>Not used.</summary>
    Off,

    /// <summary>Used where it can be.</summary>
    Automatic,

    /// <summary>Without it this member may not hold the leader lock.</summary>
    Required,
}
