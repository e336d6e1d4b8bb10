namespace Router.Protocol.Framing;

/// <summary>What <see cref="FrameScanner.Next"/> came upon.</summary>
public enum FrameEvent
{
    /// <summary>The input is used up.</summary>
    NeedMore,

    /// <summary>A header is complete; a message without a body is complete with it.</summary>
    Header,

    /// <summary>Bytes of the body of the current message.</summary>
    Body,

    /// <summary>The length word is impossible; the scanner stays here.</summary>
    Malformed,
}
