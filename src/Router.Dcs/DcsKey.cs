using Router.Cluster;

namespace Router.Dcs;

/// <summary>A key's path below <c>/namespace/scope/</c> (dcs-layout.md 1).</summary>
public readonly record struct DcsKey(string Path)
{
    public static readonly DcsKey Leader = new("leader");

    public static readonly DcsKey Initialize = new("initialize");

    public static readonly DcsKey Config = new("config");

    public static readonly DcsKey Status = new("status");

    /// <summary>Where Patroni before 2.1 kept the leader's position; read only where there is no status.</summary>
    public static readonly DcsKey LegacyStatus = new("optime/leader");

    public static readonly DcsKey Failover = new("failover");

    public static readonly DcsKey History = new("history");

    public static readonly DcsKey Sync = new("sync");

    public static readonly DcsKey Failsafe = new("failsafe");

    /// <summary>Ours; unknown to Patroni, which ignores keys it does not know (rule S5).</summary>
    public static readonly DcsKey Epoch = new("epoch");

    public static DcsKey Member(MemberName name) => new($"members/{name.Value}");

    public override string ToString() => Path;
}
