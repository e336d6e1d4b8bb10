namespace Router.Protocol.Framing;

/// <summary>
/// The largest length words that PostgreSQL itself accepts or sends. A stream that breaks them is out of step, and what
/// follows would be read as other messages than the sender meant.
/// </summary>
public static class FrameLimits
{
    /// <summary>Bytes of a startup packet with its length word, which PostgreSQL does not count among its 10 000.</summary>
    public const int StartupMax = 10_000 + sizeof(int);

    /// <summary>Frontend messages that carry names and numbers only.</summary>
    public const int SmallMax = 10_000;

    public const int PasswordMax = 65_535;

    /// <summary>Frontend messages that carry SQL or values: just below PostgreSQL's largest allocation.</summary>
    public const int LargeMax = 0x3FFF_FFFE;

    /// <summary>A backend's message buffer holds LargeMax bytes at most; the length word comes on top.</summary>
    public const int BackendMax = LargeMax + sizeof(int);

    public static bool IsValid(FrameSide side, byte type, int length) =>
        length >= sizeof(int) && length <= (side == FrameSide.Frontend ? FrontendMax(type) : MaxOfBackend(type));

    /// <summary>Unknown types get the small cap: they pass, so that PostgreSQL refuses them in its own words.</summary>
    private static int FrontendMax(byte type) => type switch
    {
        MessageType.Query or MessageType.Parse or MessageType.Bind or MessageType.FunctionCall
            or MessageType.CopyData => LargeMax,
        MessageType.Password => PasswordMax,
        _ => SmallMax,
    };

    private static int MaxOfBackend(byte type) => type switch
    {
        MessageType.ReadyForQuery => sizeof(int) + 1,
        MessageType.ParseComplete or MessageType.BindComplete or MessageType.CloseComplete or MessageType.NoData
            or MessageType.EmptyQueryResponse or MessageType.PortalSuspended or MessageType.CopyDone => sizeof(int),
        _ => BackendMax,
    };
}
