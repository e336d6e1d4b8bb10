namespace Router.Proxy.Console;

/// <summary>What a user of the console may do.</summary>
internal enum ConsoleRights
{
    /// <summary>Look, but not at the descriptors, whose table has passwords at PgBouncer.</summary>
    Stats,

    /// <summary>Everything.</summary>
    Admin,
}
