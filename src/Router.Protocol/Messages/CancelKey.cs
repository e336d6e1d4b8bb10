using System.Security.Cryptography;

namespace Router.Protocol.Messages;

/// <summary>
/// The secret that proves the right to cancel: 4 bytes in protocol 3.0, up to 256 in 3.2. Compared in constant time
/// and never printed.
/// </summary>
public sealed class CancelKey(ReadOnlySpan<byte> secret)
{
    public const int LengthMin = 4;
    public const int LengthMax = 256;

    private readonly byte[] _secret = secret.ToArray();

    public ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Takes as long for a wrong secret as for the right one; lengths are no secret.</summary>
    public bool Matches(CancelKey other) => CryptographicOperations.FixedTimeEquals(_secret, other._secret);

    public static bool IsValidLength(int length) => length is >= LengthMin and <= LengthMax;

    public override string ToString() => "***";
}
