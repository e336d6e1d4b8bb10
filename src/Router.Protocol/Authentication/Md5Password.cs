using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Router.Protocol.Authentication;

/// <summary>
/// PostgreSQL's old exchange: the secret is <c>md5</c> and md5(password, user) in hex, the response is <c>md5</c> and
/// md5(that hex, salt) in hex. The secret alone logs in, and everybody on the wire can guess the password from it.
/// </summary>
[SuppressMessage("Security", "CA5351", Justification = "The protocol's own; SCRAM is the way out.")]
public static class Md5Password
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    private const int HexSize = 2 * MD5.HashSizeInBytes;

    /// <summary>Bytes of a secret and of a response: the prefix and 32 digits.</summary>
    public const int Size = 3 + HexSize;

    private static ReadOnlySpan<byte> Prefix => "md5"u8;

    /// <summary>The secret that is stored for a password.</summary>
    public static byte[] Secret(ReadOnlySpan<byte> password, string user) =>
        Hashed(password, Encoding.UTF8.GetBytes(user));

    /// <summary>The response to a salt, from a secret that <see cref="IsSecret"/>.</summary>
    public static byte[] Response(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt) =>
        Hashed(secret[Prefix.Length..], salt);

    public static bool Verify(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> response) =>
        CryptographicOperations.FixedTimeEquals(Response(secret, salt), response);

    /// <summary>PostgreSQL's rule: prefix, length and lower-case digits; anything else is a plain password.</summary>
    public static bool IsSecret(ReadOnlySpan<byte> text) =>
        text.Length == Size && text.StartsWith(Prefix)
        && !text[Prefix.Length..].ContainsAnyExcept(HexDigits);

    private static byte[] Hashed(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData([.. first, .. second], hash);
        var result = new byte[Size];
        Prefix.CopyTo(result);
        Convert.TryToHexStringLower(hash, result.AsSpan(Prefix.Length), out _);
        return result;
    }
}
