namespace Router.Protocol.Messages;

/// <summary>
/// The ParameterStatus by which a server of version 14 or later says whether it is a standby: at login, and before the
/// next ReadyForQuery of each session once it has been promoted.
/// </summary>
public static class StandbyReport
{
    /// <summary>The longest body that says it.</summary>
    public const int BodyMax = 19;

    private static ReadOnlySpan<byte> On => "in_hot_standby\0on\0"u8;

    private static ReadOnlySpan<byte> Off => "in_hot_standby\0off\0"u8;

    /// <summary>Whether a body of this length may say it: cheap to ask before bytes are kept.</summary>
    public static bool IsLength(int bodyLength) => bodyLength == On.Length || bodyLength == Off.Length;

    /// <summary>True for a standby, false for none, null where this ParameterStatus speaks of something else.</summary>
    public static bool? Read(ReadOnlySpan<byte> body) =>
        body.SequenceEqual(On) ? true : body.SequenceEqual(Off) ? false : null;
}
