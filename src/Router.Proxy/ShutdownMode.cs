namespace Router.Proxy;

/// <summary>What a proxy that is to end waits for.</summary>
public enum ShutdownMode
{
    /// <summary>It asks sessions to finish what they are doing, for <c>drain_timeout</c> at most.</summary>
    Drain,

    /// <summary>PAUSE: until no server connection is in use; then clients are cut.</summary>
    WaitForServers,

    /// <summary>Until the last client has left of itself.</summary>
    WaitForClients,

    /// <summary>The same, while another process listens in its place: nobody is refused who has come already.</summary>
    HandedOver,

    /// <summary>For nothing.</summary>
    Immediate,
}
