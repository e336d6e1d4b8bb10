using System.Globalization;

namespace Router.Cluster;

/// <summary>PostgreSQL's timeline id; the first is 1, 0 stands for "not known".</summary>
public readonly record struct Timeline(int Value) : IComparable<Timeline>
{
    public static readonly Timeline Unknown;

    public bool IsKnown => Value > 0;

    public Timeline Next => new(Value + 1);

    public int CompareTo(Timeline other) => Value.CompareTo(other.Value);

    public static bool operator <(Timeline left, Timeline right) => left.Value < right.Value;

    public static bool operator >(Timeline left, Timeline right) => left.Value > right.Value;

    public static bool operator <=(Timeline left, Timeline right) => left.Value <= right.Value;

    public static bool operator >=(Timeline left, Timeline right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
