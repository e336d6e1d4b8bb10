namespace Router.Protocol.Authentication;

/// <summary>The names and bounds of SCRAM as PostgreSQL speaks it.</summary>
public static class ScramMechanism
{
    public const string Sha256 = "SCRAM-SHA-256";

    /// <summary>With channel binding; offered over TLS only.</summary>
    public const string Sha256Plus = "SCRAM-SHA-256-PLUS";

    /// <summary>PostgreSQL's own bound on every message of an exchange, in bytes.</summary>
    public const int MessageMax = 1024;

    /// <summary>Bytes of randomness in a nonce, before base64.</summary>
    public const int NonceSize = 18;

    /// <summary>The only channel binding that PostgreSQL has.</summary>
    internal static ReadOnlySpan<byte> EndPointHeader => "p=tls-server-end-point,,"u8;

    /// <summary>Base64 has no comma, so that any bytes make a good nonce.</summary>
    internal static string NonceText(ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nonce.Length, NonceSize);
        return Convert.ToBase64String(nonce);
    }
}
