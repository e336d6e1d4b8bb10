namespace Router.Proxy.Routing;

/// <summary>What the clients of a listener want to reach.</summary>
public enum ListenerKind
{
    /// <summary>The one member that may be written to.</summary>
    Primary,

    /// <summary>A streaming replica.</summary>
    Replica,
}
