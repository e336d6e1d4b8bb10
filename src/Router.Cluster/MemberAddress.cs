using System.Globalization;

namespace Router.Cluster;

/// <summary>
/// Host name or address, and TCP port, of a PostgreSQL server; or, as in libpq, the directory of its unix socket, and the
/// port that the socket is named after. An at sign in front stands for an abstract socket.
/// </summary>
public sealed record MemberAddress(string Host, int Port)
{
    public bool IsUnixSocket => Host.StartsWith('/') || Host.StartsWith('@');

    /// <summary>The file of the unix socket.</summary>
    public string SocketPath => string.Create(CultureInfo.InvariantCulture, $"{Host}/.s.PGSQL.{Port}");

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
