using Router.Cluster;

namespace Router.Dcs;

/// <summary>What a transaction compares.</summary>
public abstract record DcsCondition(DcsKey Key)
{
    /// <summary>The key was last written at this revision; <see cref="Revision.Absent"/>: there is no such key.</summary>
    public sealed record ModRevisionIs(DcsKey Key, Revision Revision) : DcsCondition(Key);

    public sealed record CreateRevisionIs(DcsKey Key, Revision Revision) : DcsCondition(Key);

    public sealed record ValueIs(DcsKey Key, string Value) : DcsCondition(Key);

    /// <summary>The key hangs on this lease.</summary>
    public sealed record LeaseIs(DcsKey Key, long LeaseId) : DcsCondition(Key);
}
