using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Router.Proxy.Pooling;

/// <summary>Which databases there are for clients, and what single users have for themselves. Immutable.</summary>
public sealed class DatabaseCatalog
{
    private readonly FrozenDictionary<string, DatabaseOptions> _databases;
    private readonly FrozenDictionary<string, PoolOverrides> _users;
    private readonly DatabaseOptions? _fallback;

    /// <param name="databases">Each name once.</param>
    /// <param name="fallback">A pattern for every other name; null: there is no other.</param>
    /// <param name="users">Each name once.</param>
    public DatabaseCatalog(
        IEnumerable<DatabaseOptions> databases,
        DatabaseOptions? fallback = null,
        IEnumerable<KeyValuePair<string, PoolOverrides>>? users = null)
    {
        Databases = [.. databases];
        _databases = Databases.ToFrozenDictionary(static database => database.Name, StringComparer.Ordinal);
        _users = (users ?? []).ToFrozenDictionary(StringComparer.Ordinal);
        _fallback = fallback;
    }

    /// <summary>Every name is a database of the cluster.</summary>
    public static DatabaseCatalog Open { get; } = new([], new DatabaseOptions("*"));

    /// <summary>Some names, at least, are databases of the cluster.</summary>
    public bool NeedsCluster => Databases.Append(_fallback).Any(static one => one is { Target.Servers.Count: 0 });

    /// <summary>Those that have a name.</summary>
    public ImmutableArray<DatabaseOptions> Databases { get; }

    /// <summary>Names that single users have something for.</summary>
    public IEnumerable<string> Users => _users.Keys;

    /// <summary>Null where there is no such database for clients.</summary>
    public DatabaseOptions? Find(string name) =>
        _databases.GetValueOrDefault(name) ?? (_fallback is null ? null : _fallback with { Name = name, IsAutomatic = true });

    public PoolOverrides OverridesOf(string user) => _users.GetValueOrDefault(user, PoolOverrides.None);
}
