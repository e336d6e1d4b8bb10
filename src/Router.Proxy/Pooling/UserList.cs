using System.Collections.Frozen;
using Router.Protocol.Authentication;

namespace Router.Proxy.Pooling;

/// <summary>Names and what is stored of their passwords, as PgBouncer's <c>auth_file</c> has them. Immutable.</summary>
public sealed class UserList
{
    private readonly FrozenDictionary<string, StoredPassword> _passwords;

    public UserList(IEnumerable<KeyValuePair<string, StoredPassword>> passwords)
    {
        _passwords = passwords.ToFrozenDictionary(StringComparer.Ordinal);
        HasScram = _passwords.Values.Any(static password => password.Kind == PasswordKind.Scram);
    }

    /// <summary>Somebody has a SCRAM secret.</summary>
    public bool HasScram { get; }

    public static UserList Empty { get; } = new([]);

    public IEnumerable<string> Names => _passwords.Keys;

    public int Count => _passwords.Count;

    public StoredPassword? Find(string user) => _passwords.GetValueOrDefault(user);

    public override string ToString() => $"{Count} users";
}
