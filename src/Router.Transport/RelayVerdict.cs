namespace Router.Transport;

/// <summary>
/// A filter's answer: forward the first <paramref name="Forward"/> bytes. The rest, if any, is kept: with
/// <paramref name="IsStop"/> the relay ends and the rest stays readable at the connection's Input; without it the
/// filter holds back a part of a message, and sees that part again in front of the bytes that follow.
/// </summary>
public readonly record struct RelayVerdict(int Forward, bool IsStop)
{
    /// <summary>In place of these bytes <see cref="IRelayFilter.Rewritten"/> is sent.</summary>
    public bool IsRewritten { get; init; }

    public static RelayVerdict Pass(int length) => new(length, IsStop: false);

    public static RelayVerdict StopAfter(int length) => new(length, IsStop: true);
}
