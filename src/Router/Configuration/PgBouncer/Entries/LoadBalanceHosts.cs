namespace Router.Configuration.PgBouncer.Entries;

/// <summary>Which host of a list a new server connection goes to.</summary>
internal enum LoadBalanceHosts
{
    /// <summary>Each in turn.</summary>
    RoundRobin,

    /// <summary>The same until it fails.</summary>
    Disable,
}
