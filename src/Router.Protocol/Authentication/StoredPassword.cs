using System.Security.Cryptography;
using System.Text;

namespace Router.Protocol.Authentication;

/// <summary>
/// A password as a user list or <c>pg_authid</c> stores it. The text tells its kind, by PostgreSQL's rules: what is
/// neither an md5 nor a SCRAM secret is the password itself. Never printed.
/// </summary>
public sealed class StoredPassword : IEquatable<StoredPassword>
{
    private readonly byte[] _text;

    private StoredPassword(PasswordKind kind, byte[] text, ScramSecret? scram)
    {
        Kind = kind;
        _text = text;
        Scram = scram;
    }

    public PasswordKind Kind { get; }

    /// <summary>The secret where the kind is <see cref="PasswordKind.Scram"/>.</summary>
    public ScramSecret? Scram { get; }

    /// <summary>The password itself where the kind is <see cref="PasswordKind.Plain"/>, else empty.</summary>
    public ReadOnlySpan<byte> Plain => Kind == PasswordKind.Plain ? _text : default;

    /// <summary>The password itself, whatever it looks like.</summary>
    public static StoredPassword OfPlain(ReadOnlySpan<byte> password) => new(PasswordKind.Plain, password.ToArray(), null);

    public static StoredPassword Parse(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var scram = ScramSecret.Parse(text);
        var kind = Md5Password.IsSecret(bytes) ? PasswordKind.Md5
            : scram is not null ? PasswordKind.Scram
            : PasswordKind.Plain;
        return new StoredPassword(kind, bytes, scram);
    }

    /// <summary>The md5 secret for this user; null where a SCRAM secret is stored, from which there is no way to it.</summary>
    public byte[]? Md5SecretOf(string user) => Kind switch
    {
        PasswordKind.Plain => Md5Password.Secret(_text, user),
        PasswordKind.Md5 => _text,
        _ => null,
    };

    /// <summary>
    /// True for the right password in clear, whatever is stored. PBKDF2 where that is a SCRAM secret, as slow as
    /// <see cref="ScramKeys.Derive"/>. An empty password is never right, as in PostgreSQL.
    /// </summary>
    public bool VerifyCleartext(ReadOnlySpan<byte> password, string user)
    {
        if (password.IsEmpty)
        {
            return false;
        }

        return Kind switch
        {
            PasswordKind.Md5 => CryptographicOperations.FixedTimeEquals(Md5Password.Secret(password, user), _text),
            PasswordKind.Scram => ScramKeys.Derive(password, Scram!.Salt, Scram.Iterations).Fit(Scram),
            _ => IsSame(password, _text),
        };
    }

    public override string ToString() => $"{Kind} ***";

    /// <summary>Equal where the same is stored: what was learned of one reading of a list holds for the next.</summary>
    public bool Equals(StoredPassword? other) => other is not null && Kind == other.Kind && _text.AsSpan().SequenceEqual(other._text);

    public override bool Equals(object? obj) => Equals(obj as StoredPassword);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_text);
        return hash.ToHashCode();
    }

    /// <summary>Compares hashes, so that the time does not tell the length of the password.</summary>
    private static bool IsSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(one), SHA256.HashData(other));
}
