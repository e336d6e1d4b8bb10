namespace Router.Proxy.Sessions;

/// <summary>What a client that was waited for has done.</summary>
internal enum Arrival
{
    /// <summary>Whoever waits is to look again.</summary>
    Unknown,

    /// <summary>It asks for something that a server must answer; nothing of it has been taken.</summary>
    Request,

    /// <summary>It said what no server is needed for, and has had its answer.</summary>
    Answered,

    /// <summary>It said goodbye or closed its connection.</summary>
    Left,

    /// <summary>The steady lane has served it, and hands over what it does not know how to go on with.</summary>
    HandedOver,
}
