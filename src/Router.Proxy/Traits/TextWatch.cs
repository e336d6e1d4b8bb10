using Router.Protocol;
using Router.Protocol.Framing;
using Router.Proxy.Statements;

namespace Router.Proxy.Traits;

/// <summary>Reads the SQL texts of a client as they pass.</summary>
internal static class TextWatch
{
    /// <summary>Sees the begin of each message; asks for more of a short one, and of a long one takes what there is.</summary>
    public static RewriteStep Look(ReadOnlySpan<byte> message, SessionTraits traits)
    {
        if (message[0] is not (MessageType.Query or MessageType.Parse))
        {
            return RewriteStep.Done;
        }

        var status = FrameHeader.TryRead(message, FrameSide.Frontend, out var header);
        if (status == ScanStatus.NeedMore || (status == ScanStatus.Taken && IsShort(header) && message.Length < header.TotalLength))
        {
            return RewriteStep.NeedMore;
        }

        if (status == ScanStatus.Taken)
        {
            var body = message[FrameHeader.Size..Math.Min(message.Length, header.TotalLength)];
            var text = message[0] == MessageType.Parse ? body[(body.IndexOf((byte)0) + 1)..] : body;
            var end = text.IndexOf((byte)0);
            traits.Add(SqlHints.Read(end < 0 ? text : text[..end]));
        }

        return RewriteStep.Done;
    }

    private static bool IsShort(FrameHeader header) => header.TotalLength <= SqlHints.TextMax;
}
