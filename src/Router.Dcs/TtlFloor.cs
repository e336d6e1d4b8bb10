namespace Router.Dcs;

/// <summary>The smallest <c>ttl</c> that may be used, in seconds, and why.</summary>
public sealed record TtlFloor
{
    private TtlFloor(int seconds, string? reason)
    {
        Seconds = seconds;
        Reason = reason;
    }

    /// <summary>Only members of ours: etcd raises leases below about two election timeouts by itself.</summary>
    public static TtlFloor RouterOnly { get; } = new(3, null);

    /// <summary>Patroni's members use 20 at least, so they would hold a lease longer than we believe (S12).</summary>
    public static TtlFloor WithPatroni { get; } = new(20, "a Patroni member is present");

    public int Seconds { get; }

    public string? Reason { get; }
}
