namespace Router.Transport;

/// <summary>Everything a transport may be told; the defaults suit production.</summary>
public sealed record TransportSettings
{
    public TransportKind Kind { get; init; } = TransportKind.Auto;

    /// <summary>Event loops, one thread each.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>
    /// Accepted connections go to the first loop until it owns this many, then to the loop that owns the fewest: a
    /// lightly used proxy keeps the batching of one busy loop, a full one uses every core.
    /// </summary>
    public int SpreadAfter { get; init; } = 16;

    /// <summary>Bytes that a reader or writer may move in one turn of the loop before other connections have theirs.</summary>
    public int TurnBudgetBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes that a connection's Input may hold unconsumed; a reader that asks for more fails.</summary>
    public int InputMaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Of every TCP connection, accepted or opened.</summary>
    public TcpOptions Tcp { get; init; } = TcpOptions.Default;

    /// <summary>How long a disposed connection may still deliver its held bytes before it is reset.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long accepting rests after the system refused another descriptor or buffer.</summary>
    public TimeSpan AcceptBackOff { get; init; } = TimeSpan.FromMilliseconds(100);
}
