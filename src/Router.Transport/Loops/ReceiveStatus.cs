namespace Router.Transport.Loops;

/// <summary>What one attempt to receive came to.</summary>
internal enum ReceiveStatus
{
    /// <summary>Bytes arrived.</summary>
    Received,

    /// <summary>Nothing there; an event will say when there is.</summary>
    Empty,

    /// <summary>The peer closed its writing side, and everything before was received.</summary>
    Ended,

    /// <summary>The connection failed.</summary>
    Failed,
}
