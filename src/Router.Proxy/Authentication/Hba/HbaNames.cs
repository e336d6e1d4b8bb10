using System.Collections.Frozen;

namespace Router.Proxy.Authentication.Hba;

/// <summary>The databases or users that a line means.</summary>
internal sealed class HbaNames(IReadOnlyList<HbaWord> words)
{
    private readonly bool _isAll = words.Any(static word => word.Is("all"));
    private readonly bool _isSameUser = words.Any(static word => word.Is("sameuser"));
    private readonly bool _isReplication = words.Any(static word => word.Is("replication"));
    private readonly FrozenSet<string> _names = words.Select(static word => word.Text).ToFrozenSet(StringComparer.Ordinal);
    private readonly FrozenSet<string> _databases =
        words.Where(static word => !word.Is("sameuser") && !word.Is("replication"))
            .Select(static word => word.Text).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>A physical replication connection has no database: only the keyword means it.</summary>
    public bool HasDatabase(HbaFacts client) => client.IsReplication
        ? _isReplication
        : _isAll || (_isSameUser && client.Database == client.User) || _databases.Contains(client.Database);

    public bool HasUser(string user) => _isAll || _names.Contains(user);
}
