namespace Router.Cluster;

/// <summary>
/// A point of this machine's CLOCK_BOOTTIME, which goes on during suspend and never steps (safety.md S2). Two
/// machines' points are never compared.
/// </summary>
public readonly record struct BootTime(TimeSpan SinceBoot) : IComparable<BootTime>
{
    public int CompareTo(BootTime other) => SinceBoot.CompareTo(other.SinceBoot);

    public static BootTime operator +(BootTime time, TimeSpan span) => new(time.SinceBoot + span);

    public static BootTime operator -(BootTime time, TimeSpan span) => new(time.SinceBoot - span);

    public static TimeSpan operator -(BootTime left, BootTime right) => left.SinceBoot - right.SinceBoot;

    public static bool operator <(BootTime left, BootTime right) => left.SinceBoot < right.SinceBoot;

    public static bool operator >(BootTime left, BootTime right) => left.SinceBoot > right.SinceBoot;

    public static bool operator <=(BootTime left, BootTime right) => left.SinceBoot <= right.SinceBoot;

    public static bool operator >=(BootTime left, BootTime right) => left.SinceBoot >= right.SinceBoot;

    public override string ToString() => SinceBoot.ToString();
}
