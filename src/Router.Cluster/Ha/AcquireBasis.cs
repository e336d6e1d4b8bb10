namespace Router.Cluster.Ha;

/// <summary>The revisions that a decision to lead rests on; the acquire transaction compares them all (rule S5).</summary>
public sealed record AcquireBasis(
    long EpochNumber,
    Revision Epoch,
    Revision Sync,
    Revision History,
    Revision Initialize)
{
    public static AcquireBasis Of(ClusterView view) => new(
        view.Epoch.Value?.Number ?? 0,
        view.Epoch.ModRevision,
        view.Sync.ModRevision,
        view.History.ModRevision,
        view.Initialize.ModRevision);
}
