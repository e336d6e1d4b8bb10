using System.Globalization;

namespace Router.Cluster.Guarding;

/// <summary>
/// One acquisition of the leader lock, as the guard tells it from others. Two differ even after the store was restored,
/// because the store draws lease ids anew. A deleted key that is put back on the same living lease is no new one: the
/// feeds go on and a latch holds, which is why the key's revision is no part of it.
/// </summary>
/// <param name="Epoch">The number that this acquisition wrote into the epoch key.</param>
/// <param name="LeaseId">The lease (session) that the leader key hangs on.</param>
public readonly record struct Acquisition(long Epoch, long LeaseId)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"epoch {Epoch}, lease {LeaseId:x}");
}
