namespace Router.Proxy.Sessions;

/// <summary>What a pooled client that has no server connection says.</summary>
internal enum Arrival
{
    /// <summary>It asks for something that a server must answer; nothing of it has been taken.</summary>
    Request,

    /// <summary>It said what no server is needed for, and has had its answer.</summary>
    Answered,

    /// <summary>It said goodbye or closed its connection.</summary>
    Left,
}
