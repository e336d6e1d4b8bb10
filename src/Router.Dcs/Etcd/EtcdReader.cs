using System.Globalization;
using Router.Cluster;

namespace Router.Dcs.Etcd;

/// <summary>Linearizable reads of the whole prefix.</summary>
internal sealed class EtcdReader(EtcdCaller caller, EtcdMessages messages, EtcdHistory history)
{
    public async Task<EtcdReply<EtcdSnapshot>> ReadAsync(CancellationToken aborted)
    {
        var before = history.Now;
        var (answer, failure) = await caller.RepeatableAsync(
            async (endpoint, options) => await endpoint.Keys.RangeAsync(messages.ReadAll(), options), aborted);
        if (answer is null)
        {
            return new EtcdReply<EtcdSnapshot>(null, failure);
        }

        var incarnation = history.Accept(before, answer.Header);
        var storeId = answer.Header.ClusterId.ToString("x", CultureInfo.InvariantCulture);
        return new EtcdReply<EtcdSnapshot>(
            new EtcdSnapshot([.. answer.Kvs.Select(messages.ToRawKey)], answer.Header.Revision, incarnation, storeId),
            null);
    }

    public static ClusterView ToView(EtcdSnapshot snapshot) =>
        ClusterCodec.Decode(snapshot.Keys, new Revision(snapshot.Revision), snapshot.Incarnation, snapshot.StoreId);
}
