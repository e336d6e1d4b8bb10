using System.Globalization;

namespace Router.Cluster;

/// <summary>
/// The store's version of a key or of a whole read. Opaque to decisions: compared for equality when a write says what
/// it saw, and for order only within one <see cref="ClusterView.Incarnation"/>. 0 stands for "the key is absent".
/// </summary>
public readonly record struct Revision(long Value)
{
    public static readonly Revision Absent;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
