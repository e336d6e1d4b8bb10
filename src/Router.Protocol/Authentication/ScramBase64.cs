using System.Buffers;
using System.Buffers.Text;

namespace Router.Protocol.Authentication;

/// <summary>Base64 as PostgreSQL reads it: no space anywhere, padding complete.</summary>
internal static class ScramBase64
{
    /// <summary>Null where the text is not base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return !text.ContainsAnyInRange((byte)0, (byte)' ')
            && Base64.DecodeFromUtf8(text, bytes, out _, out var written) == OperationStatus.Done
            ? bytes[..written]
            : null;
    }

    /// <summary>Null unless the text is base64 of exactly so many bytes.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text, int length) =>
        Decode(text) is { } bytes && bytes.Length == length ? bytes : null;
}
