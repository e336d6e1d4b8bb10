using System.Globalization;

namespace Router.Cluster;

/// <summary>Host name or address, and TCP port, of a PostgreSQL server.</summary>
public sealed record MemberAddress(string Host, int Port)
{
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
