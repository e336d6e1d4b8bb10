using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>A remark that ends nothing. Its fields are those of an <see cref="ErrorResponse"/>.</summary>
public static class NoticeResponse
{
    public static ErrorResponse? Parse(ReadOnlySpan<byte> body) => ErrorResponse.Parse(body);

    public static void Write(FrameWriter writer, ErrorResponse fields) =>
        fields.Write(writer, MessageType.NoticeResponse);
}
