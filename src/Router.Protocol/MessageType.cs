namespace Router.Protocol;

/// <summary>
/// The type byte of a message. Several bytes mean one thing from the frontend and another from the backend, so the
/// names carry the side where they would clash.
/// </summary>
public static class MessageType
{
    public const byte Query = (byte)'Q';
    public const byte Parse = (byte)'P';
    public const byte Bind = (byte)'B';
    public const byte Describe = (byte)'D';
    public const byte Execute = (byte)'E';
    public const byte Close = (byte)'C';
    public const byte Flush = (byte)'H';
    public const byte Sync = (byte)'S';
    public const byte FunctionCall = (byte)'F';
    public const byte CopyFail = (byte)'f';
    public const byte Terminate = (byte)'X';

    /// <summary>PasswordMessage, SASLInitialResponse, SASLResponse, GSSResponse: the state says which.</summary>
    public const byte Password = (byte)'p';

    /// <summary>Both sides.</summary>
    public const byte CopyData = (byte)'d';

    /// <summary>Both sides.</summary>
    public const byte CopyDone = (byte)'c';

    public const byte Authentication = (byte)'R';
    public const byte BackendKeyData = (byte)'K';
    public const byte ParameterStatus = (byte)'S';
    public const byte ReadyForQuery = (byte)'Z';
    public const byte ParseComplete = (byte)'1';
    public const byte BindComplete = (byte)'2';
    public const byte CloseComplete = (byte)'3';
    public const byte ParameterDescription = (byte)'t';
    public const byte RowDescription = (byte)'T';
    public const byte NoData = (byte)'n';
    public const byte DataRow = (byte)'D';
    public const byte CommandComplete = (byte)'C';
    public const byte EmptyQueryResponse = (byte)'I';
    public const byte PortalSuspended = (byte)'s';
    public const byte ErrorResponse = (byte)'E';
    public const byte NoticeResponse = (byte)'N';
    public const byte NotificationResponse = (byte)'A';
    public const byte CopyInResponse = (byte)'G';
    public const byte CopyOutResponse = (byte)'H';
    public const byte CopyBothResponse = (byte)'W';
    public const byte FunctionCallResponse = (byte)'V';
    public const byte NegotiateProtocolVersion = (byte)'v';
}
