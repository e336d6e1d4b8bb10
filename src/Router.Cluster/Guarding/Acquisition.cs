using System.Globalization;

namespace Router.Cluster.Guarding;

/// <summary>
/// One acquisition of the leader lock: what a renewal must find unchanged, and what the guard's latch compares. Two
/// acquisitions differ in it even after the store was restored, because the store draws lease ids anew.
/// </summary>
/// <param name="Epoch">The number that this acquisition wrote into the epoch key.</param>
/// <param name="LeaseId">The lease (session) that the leader key hangs on.</param>
/// <param name="CreateRevision">The leader key's.</param>
public readonly record struct Acquisition(long Epoch, long LeaseId, Revision CreateRevision)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"epoch {Epoch}, lease {LeaseId:x}, revision {CreateRevision.Value}");
}
