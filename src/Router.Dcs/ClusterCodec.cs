using System.Collections.Immutable;
using Router.Cluster;
using Router.Dcs.Codecs;

namespace Router.Dcs;

/// <summary>
/// Reads one cluster's keys into a <see cref="ClusterView"/>. Total: garbage gives an unreadable key, never a failure
/// and never an empty value; names that nobody here knows are passed over.
/// </summary>
public static class ClusterCodec
{
    private const string MembersPrefix = "members/";

    public static ClusterView Decode(IEnumerable<RawKey> keys, Revision revision, long incarnation = 0, string? storeId = null)
    {
        var byPath = new Dictionary<string, RawKey>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            byPath[key.Path] = key;
        }

        var members = DecodeMembers(byPath.Values);
        var floor = members.Any(member => member is { IsUnreadable: false, Agent: null })
            ? TtlFloor.WithPatroni
            : TtlFloor.RouterOnly;
        var statusPath = byPath.ContainsKey(DcsKey.Status.Path) ? DcsKey.Status.Path : DcsKey.LegacyStatus.Path;
        return new ClusterView
        {
            Incarnation = incarnation,
            StoreId = storeId,
            Revision = revision,
            IsEmpty = byPath.Count == 0,
            Initialize = Decode(byPath, DcsKey.Initialize.Path, InitializeCodec.TryDecode),
            Leader = DecodeLeader(byPath.GetValueOrDefault(DcsKey.Leader.Path)),
            Epoch = Decode(byPath, DcsKey.Epoch.Path, EpochCodec.TryDecode),
            Config = Decode(byPath, DcsKey.Config.Path, text => ConfigCodec.TryDecode(text, floor)),
            Status = Decode(byPath, statusPath, StatusCodec.TryDecode),
            Failover = Decode(byPath, DcsKey.Failover.Path, FailoverCodec.TryDecode),
            History = Decode(byPath, DcsKey.History.Path, HistoryCodec.TryDecode),
            Sync = Decode(byPath, DcsKey.Sync.Path, SyncCodec.TryDecode),
            Failsafe = Decode(byPath, DcsKey.Failsafe.Path, FailsafeCodec.TryDecode),
            Members = members,
        };
    }

    private static ImmutableArray<Member> DecodeMembers(IEnumerable<RawKey> keys) =>
    [
        .. keys
            .Where(key => key.Path.StartsWith(MembersPrefix, StringComparison.Ordinal)
                && key.Path.Length > MembersPrefix.Length
                && !key.Path.AsSpan(MembersPrefix.Length).Contains('/'))
            .Select(key => MemberCodec.Decode(key.Path[MembersPrefix.Length..], key.Value, key.ModRevision))
            .OrderBy(member => member.Name.Value, StringComparer.Ordinal),
    ];

    private static StoredKey<LeaderLock> DecodeLeader(RawKey? key)
    {
        if (key is null)
        {
            return StoredKey<LeaderLock>.Absent;
        }

        return string.IsNullOrWhiteSpace(key.Value)
            ? StoredKey<LeaderLock>.Unreadable(key.ModRevision)
            : StoredKey<LeaderLock>.Present(
                new LeaderLock(new MemberName(key.Value), key.LeaseId, key.CreateRevision, key.ModRevision),
                key.ModRevision);
    }

    private static StoredKey<T> Decode<T>(
        Dictionary<string, RawKey> keys, string path, Func<string, T?> decode)
        where T : class
    {
        if (!keys.TryGetValue(path, out var key))
        {
            return StoredKey<T>.Absent;
        }

        return key.Value is { } text && decode(text) is { } value
            ? StoredKey<T>.Present(value, key.ModRevision)
            : StoredKey<T>.Unreadable(key.ModRevision);
    }
}
