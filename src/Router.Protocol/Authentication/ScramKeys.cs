using System.Security.Cryptography;

namespace Router.Protocol.Authentication;

/// <summary>
/// The two keys that stand for a password under one salt and iteration count. ClientKey logs in wherever the same secret
/// is stored; ServerKey proves the other side. As good as the password there: never printed.
/// </summary>
public sealed class ScramKeys
{
    /// <summary>Bytes of every key and signature: SHA-256's.</summary>
    public const int KeySize = SHA256.HashSizeInBytes;

    private readonly byte[] _clientKey;
    private readonly byte[] _serverKey;

    public ScramKeys(ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> serverKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(clientKey.Length, KeySize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(serverKey.Length, KeySize);
        _clientKey = clientKey.ToArray();
        _serverKey = serverKey.ToArray();
    }

    public ReadOnlySpan<byte> ClientKey => _clientKey;

    public ReadOnlySpan<byte> ServerKey => _serverKey;

    /// <summary>
    /// PBKDF2: the one step that is slow by intent, about a millisecond for 4096 iterations. Belongs off the event loop,
    /// and its result into a cache.
    /// </summary>
    public static ScramKeys Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        Span<byte> salted = stackalloc byte[KeySize];
        Rfc2898DeriveBytes.Pbkdf2(SaslPrep.Prepare(password), salt, salted, iterations, HashAlgorithmName.SHA256);
        Span<byte> clientKey = stackalloc byte[KeySize];
        Span<byte> serverKey = stackalloc byte[KeySize];
        HMACSHA256.HashData(salted, "Client Key"u8, clientKey);
        HMACSHA256.HashData(salted, "Server Key"u8, serverKey);
        var keys = new ScramKeys(clientKey, serverKey);
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return keys;
    }

    /// <summary>What a server stores to verify the password that these keys stand for.</summary>
    public ScramSecret ToSecret(ReadOnlySpan<byte> salt, int iterations) =>
        new(iterations, salt, SHA256.HashData(_clientKey), _serverKey);

    /// <summary>
    /// True where these keys log in to a server that stores that secret: they were made with its salt and iterations.
    /// </summary>
    public bool Fit(ScramSecret secret) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(_clientKey), secret.StoredKey)
        & CryptographicOperations.FixedTimeEquals(_serverKey, secret.ServerKey);

    public override string ToString() => "***";
}
