namespace Router.Dcs.Etcd;

/// <summary>All keys of the prefix at one revision, read linearizably.</summary>
internal sealed record EtcdSnapshot(IReadOnlyList<RawKey> Keys, long Revision, long Incarnation, string StoreId);
