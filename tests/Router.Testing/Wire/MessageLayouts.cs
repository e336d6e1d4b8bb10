using System.Collections.Immutable;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using static Router.Testing.Wire.MessageField;

namespace Router.Testing.Wire;

/// <summary>Every message of the protocol. Where several share a type byte, the one that is told by more comes first.</summary>
internal static class MessageLayouts
{
    /// <summary>Bytes that are no message, or a broken one.</summary>
    public static readonly MessageLayout Raw = new("Raw", null, '\0', [Rest]) { Framing = MessageFraming.None };

    /// <summary>One byte without a frame: the answer to an encryption request.</summary>
    public static readonly MessageLayout Byte = new("Byte", null, '\0', [Letter]) { Framing = MessageFraming.None };

    /// <summary>A message of any type with any body.</summary>
    public static readonly MessageLayout Message = new("Message", null, '\0', [Letter, Rest])
    {
        Framing = MessageFraming.None,
    };

    public static readonly MessageLayout Startup = Untyped("StartupMessage", null, MessageField.Version, Parameters);

    public static readonly MessageLayout Terminate = Frontend("Terminate", 'X');

    public static readonly ImmutableArray<MessageLayout> All =
    [
        Raw, Byte, Message,
        Untyped("SSLRequest", StartupPacket.SslRequestCode),
        Untyped("GSSENCRequest", StartupPacket.GssEncRequestCode),
        Untyped("CancelRequest", StartupPacket.CancelRequestCode, Number32, SecretRest),
        Startup,
        Terminate,
        Frontend("Query", 'Q', Text),
        Frontend("Parse", 'P', Text, Text, List16(Number32)),
        Frontend("Bind", 'B', Text, Text, List16(Number16), List16(Value), List16(Number16)),
        Frontend("Describe", 'D', Letter.Or("S"), Text),
        Frontend("Execute", 'E', Text, Number32),
        Frontend("Close", 'C', Letter.Or("S"), Text),
        Frontend("Flush", 'H'),
        Frontend("Sync", 'S'),
        Frontend("FunctionCall", 'F', Number32, List16(Number16), List16(Value), Number16),
        Frontend("CopyFail", 'f', Text),
        Frontend("PasswordMessage", 'p', Text),
        Frontend("SASLInitialResponse", 'p', Text, Value),
        Frontend("SASLResponse", 'p', Rest),
        new("CopyData", null, 'd', [Rest]),
        new("CopyDone", null, 'c', []),
        Authentication("AuthenticationOk", AuthenticationKind.Ok),
        Authentication("AuthenticationCleartextPassword", AuthenticationKind.CleartextPassword),
        Authentication("AuthenticationMD5Password", AuthenticationKind.Md5Password, SecretRest),
        Authentication("AuthenticationSASL", AuthenticationKind.Sasl, Texts),
        Authentication("AuthenticationSASLContinue", AuthenticationKind.SaslContinue, Rest),
        Authentication("AuthenticationSASLFinal", AuthenticationKind.SaslFinal, Rest),
        Backend("NegotiateProtocolVersion", 'v', MessageField.Version, List32(Text)),
        Backend("BackendKeyData", 'K', Number32, SecretRest),
        Backend("ParameterStatus", 'S', Text, Text),
        Backend("ReadyForQuery", 'Z', Letter.Or("I")),
        Backend("ParseComplete", '1'),
        Backend("BindComplete", '2'),
        Backend("CloseComplete", '3'),
        Backend("ParameterDescription", 't', List16(Number32)),
        Backend("RowDescription", 'T', List16(Text, Number32, Number16, Number32, Number16.Or("-1"), Number32.Or("-1"), Number16)),
        Backend("NoData", 'n'),
        Backend("DataRow", 'D', List16(Value)),
        Backend("CommandComplete", 'C', Text),
        Backend("EmptyQueryResponse", 'I'),
        Backend("PortalSuspended", 's'),
        Backend("ErrorResponse", 'E', ErrorFields),
        Backend("NoticeResponse", 'N', ErrorFields),
        Backend("NotificationResponse", 'A', Number32, Text, Text),
        Backend("CopyInResponse", 'G', Number8, List16(Number16)),
        Backend("CopyOutResponse", 'H', Number8, List16(Number16)),
        Backend("CopyBothResponse", 'W', Number8, List16(Number16)),
        Backend("FunctionCallResponse", 'V', Value),
    ];

    private static readonly ImmutableDictionary<string, MessageLayout> ByName =
        All.ToImmutableDictionary(static layout => layout.Name);

    public static MessageLayout? Find(string name) => ByName.GetValueOrDefault(name);

    private static MessageLayout Frontend(string name, char type, params ImmutableArray<MessageField> fields) =>
        new(name, FrameSide.Frontend, type, fields);

    private static MessageLayout Backend(string name, char type, params ImmutableArray<MessageField> fields) =>
        new(name, FrameSide.Backend, type, fields);

    private static MessageLayout Authentication(
        string name, AuthenticationKind kind, params ImmutableArray<MessageField> fields) =>
        Backend(name, 'R', fields) with { Code = (int)kind };

    private static MessageLayout Untyped(string name, int? code, params ImmutableArray<MessageField> fields) =>
        new(name, FrameSide.Frontend, '\0', fields) { Framing = MessageFraming.Untyped, Code = code };
}
