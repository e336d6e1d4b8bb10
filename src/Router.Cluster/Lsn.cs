using System.Globalization;

namespace Router.Cluster;

/// <summary>A WAL position in bytes since 0/0, as Patroni publishes it; <c>X/Y</c> in PostgreSQL's text.</summary>
public readonly record struct Lsn(long Value) : IComparable<Lsn>
{
    public static readonly Lsn Zero;

    /// <summary>Parses PostgreSQL's text form: two hexadecimal words, <c>16/B374D848</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Lsn lsn)
    {
        lsn = default;
        var slash = text.IndexOf('/');
        if (slash <= 0
            || !uint.TryParse(text[..slash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            || !uint.TryParse(text[(slash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
        {
            return false;
        }

        lsn = new Lsn((long)(((ulong)high << 32) | low));
        return true;
    }

    /// <summary>How many bytes <paramref name="other"/> is behind this position; never negative.</summary>
    public long LagBytes(Lsn other) => Math.Max(0, Value - other.Value);

    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;

    public static Lsn Max(Lsn left, Lsn right) => left > right ? left : right;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(ulong)Value >> 32:X}/{(uint)Value:X}");
}
