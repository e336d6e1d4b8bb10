namespace Router.Transport;

/// <summary>
/// A filter's answer: forward the first <paramref name="Forward"/> bytes; when <paramref name="IsStop"/> is set, end
/// the relay after them (the rest of the chunk stays readable at the connection's Input).
/// </summary>
public readonly record struct RelayVerdict(int Forward, bool IsStop)
{
    public static RelayVerdict Pass(int length) => new(length, IsStop: false);

    public static RelayVerdict StopAfter(int length) => new(length, IsStop: true);
}
