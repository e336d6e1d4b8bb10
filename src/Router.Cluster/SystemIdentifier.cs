using System.Globalization;

namespace Router.Cluster;

/// <summary>PostgreSQL's database system identifier, made by initdb; the same on every member of a cluster.</summary>
public readonly record struct SystemIdentifier(ulong Value)
{
    /// <summary>Valid are decimal texts of ten digits or more (Patroni's rule for the <c>initialize</c> key).</summary>
    public static bool TryParse(string? text, out SystemIdentifier identifier)
    {
        identifier = default;
        if (text is not { Length: >= 10 }
            || !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        identifier = new SystemIdentifier(value);
        return true;
    }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
