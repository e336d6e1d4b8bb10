namespace Router.Hosting.PgBouncer;

/// <summary>What a signal orders.</summary>
internal enum PoolerSignal
{
    /// <summary>SIGHUP.</summary>
    Reload,

    /// <summary>SIGINT: end when no server connection is in use.</summary>
    WaitForServers,

    /// <summary>SIGTERM: end when the last client has left.</summary>
    WaitForClients,

    /// <summary>SIGQUIT: end now.</summary>
    Quit,

    /// <summary>SIGUSR1.</summary>
    Pause,

    /// <summary>SIGUSR2.</summary>
    Resume,
}
