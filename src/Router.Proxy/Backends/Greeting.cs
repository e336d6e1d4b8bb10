using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Proxy.Backends;

/// <summary>
/// Judges the beginning of a server's answer, before the client has seen a byte of it and can still be sent elsewhere.
/// Pure.
/// </summary>
/// <remarks>
/// Where a primary is wanted and the server asks for no password, everything up to ReadyForQuery is judged: it comes in
/// one piece, so nobody waits for it. Where it asks for one, the client must see that question, and a standby is
/// found out by <see cref="Sessions.BackendFilter"/> before the login is over.
/// </remarks>
internal static class Greeting
{
    /// <summary>A greeting is short; a longer one passes unjudged.</summary>
    public const int JudgedMax = 8 * 1024;

    /// <param name="bytes">What has come, from the first byte on; at most <see cref="JudgedMax"/> of it.</param>
    /// <param name="wantsPrimary">A standby will not do.</param>
    /// <param name="refusal">The server's words where it takes no connections.</param>
    public static GreetingStatus Judge(ReadOnlySpan<byte> bytes, bool wantsPrimary, out string? refusal)
    {
        refusal = null;
        var rest = bytes;
        while (!rest.IsEmpty)
        {
            // Without that wish it is only asked whether there is an error.
            if (!wantsPrimary && rest[0] != MessageType.ErrorResponse)
            {
                return GreetingStatus.Answers;
            }

            var status = FrameHeader.TryRead(rest, FrameSide.Backend, out var header);
            if (status == ScanStatus.Malformed || header.TotalLength > JudgedMax)
            {
                return GreetingStatus.Answers;
            }

            if (status == ScanStatus.NeedMore || rest.Length < header.TotalLength)
            {
                break;
            }

            if (JudgeMessage(header.Type, rest.Slice(FrameHeader.Size, header.BodyLength), out refusal) is { } judgement)
            {
                return judgement;
            }

            rest = rest[header.TotalLength..];
        }

        return bytes.Length >= JudgedMax ? GreetingStatus.Answers : GreetingStatus.NeedMore;
    }

    /// <summary>Null where the next message must tell.</summary>
    private static GreetingStatus? JudgeMessage(byte type, ReadOnlySpan<byte> body, out string? refusal)
    {
        refusal = type == MessageType.ErrorResponse ? RefusalOf(body) : null;
        return type switch
        {
            MessageType.ErrorResponse => refusal is null ? GreetingStatus.Answers : GreetingStatus.Refused,
            MessageType.Authentication when AuthenticationRequest.ParseKind(body) != AuthenticationKind.Ok =>
                GreetingStatus.Answers,
            MessageType.ParameterStatus when StandbyReport.Read(body) is true => GreetingStatus.Standby,
            MessageType.ReadyForQuery => GreetingStatus.Answers,
            _ => null,
        };
    }

    private static string? RefusalOf(ReadOnlySpan<byte> body) =>
        ErrorResponse.Parse(body) is { Code: SqlState.CannotConnectNow or SqlState.AdminShutdown or SqlState.CrashShutdown } error
            ? error.Message
            : null;
}
