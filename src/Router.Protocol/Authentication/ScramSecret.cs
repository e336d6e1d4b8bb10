using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Router.Protocol.Authentication;

/// <summary>
/// What a server keeps of a password: <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c>. Verifies clients, but
/// does not log in anywhere. Never printed, except by <see cref="Format"/>.
/// </summary>
public sealed class ScramSecret
{
    public const string Prefix = "SCRAM-SHA-256$";

    /// <summary>PostgreSQL's number of iterations unless it is told another.</summary>
    public const int IterationsDefault = 4096;

    /// <summary>Bytes of the salts that PostgreSQL makes.</summary>
    public const int SaltSizeDefault = 16;

    private readonly byte[] _salt;
    private readonly byte[] _storedKey;
    private readonly byte[] _serverKey;

    public ScramSecret(
        int iterations, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> storedKey, ReadOnlySpan<byte> serverKey)
        : this(iterations, salt, storedKey, serverKey, isMock: false)
    {
    }

    internal ScramSecret(
        int iterations, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> storedKey, ReadOnlySpan<byte> serverKey, bool isMock)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(iterations);
        ArgumentOutOfRangeException.ThrowIfZero(salt.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(storedKey.Length, ScramKeys.KeySize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(serverKey.Length, ScramKeys.KeySize);
        Iterations = iterations;
        _salt = salt.ToArray();
        _storedKey = storedKey.ToArray();
        _serverKey = serverKey.ToArray();
        IsMock = isMock;
    }

    public int Iterations { get; }

    public ReadOnlySpan<byte> Salt => _salt;

    public ReadOnlySpan<byte> StoredKey => _storedKey;

    public ReadOnlySpan<byte> ServerKey => _serverKey;

    /// <summary>Stands for a user who does not exist or has no secret: no proof is right for it.</summary>
    public bool IsMock { get; }

    /// <summary>Null where the text is no secret, for which PostgreSQL takes it as a plain password.</summary>
    public static ScramSecret? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Split('$') is not [_, var first, var keys]
            || first.Split(':') is not [var iterations, var salt] || keys.Split(':') is not [var stored, var server])
        {
            return null;
        }

        return int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            && ScramBase64.Decode(Encoding.UTF8.GetBytes(salt)) is { Length: > 0 } saltBytes
            && ScramBase64.Decode(Encoding.UTF8.GetBytes(stored), ScramKeys.KeySize) is { } storedKey
            && ScramBase64.Decode(Encoding.UTF8.GetBytes(server), ScramKeys.KeySize) is { } serverKey
            ? new ScramSecret(count, saltBytes, storedKey, serverKey)
            : null;
    }

    /// <summary>
    /// For a user without a secret, so that nobody learns who exists: the salt is the same at every attempt, as a real
    /// one would be, and the exchange takes the same steps before it fails.
    /// </summary>
    /// <param name="mockKey">Random bytes, the same as long as the process (better: the cluster) lives.</param>
    /// <param name="iterations">What real secrets have here; another number would tell.</param>
    public static ScramSecret Mock(ReadOnlySpan<byte> mockKey, string user, int iterations = IterationsDefault)
    {
        var name = Encoding.UTF8.GetBytes(user);
        Span<byte> seed = stackalloc byte[ScramKeys.KeySize];
        HMACSHA256.HashData(mockKey, name, seed);
        return new ScramSecret(
            iterations, seed[..SaltSizeDefault], HMACSHA256.HashData(seed, "Stored Key"u8),
            HMACSHA256.HashData(seed, "Server Key"u8), isMock: true);
    }

    /// <summary>The text that PostgreSQL stores. A secret: for a file or a statement, never for a log.</summary>
    public string Format()
    {
        var (salt, stored, server) =
            (Convert.ToBase64String(_salt), Convert.ToBase64String(_storedKey), Convert.ToBase64String(_serverKey));
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Iterations}:{salt}${stored}:{server}");
    }

    public override string ToString() => "***";
}
