using System.Security.Cryptography;

namespace Router.Protocol.Authentication;

/// <summary>
/// RFC 5802's AuthMessage: client-first-bare, server-first and client-final without its proof, joined by commas. Both
/// sides sign it, so that nobody between them can change a word.
/// </summary>
internal sealed class ScramTranscript
{
    private readonly List<byte> _bytes = [];

    public void Add(ReadOnlySpan<byte> message)
    {
        if (_bytes.Count > 0)
        {
            _bytes.Add((byte)',');
        }

        _bytes.AddRange(message);
    }

    public void Sign(ReadOnlySpan<byte> key, Span<byte> signature) =>
        HMACSHA256.HashData(key, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes), signature);

    /// <summary>ClientKey to proof and proof to ClientKey: the same step, as it is an exclusive or.</summary>
    public void Mask(ReadOnlySpan<byte> storedKey, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> signature = stackalloc byte[ScramKeys.KeySize];
        Sign(storedKey, signature);
        for (var i = 0; i < signature.Length; i++)
        {
            output[i] = (byte)(input[i] ^ signature[i]);
        }
    }
}
