using System.Collections.Immutable;
using System.Net;

namespace Router.Proxy.Authentication.Hba;

/// <summary>What of a client decides which line is its own.</summary>
/// <param name="IsLocal">It came by a unix socket.</param>
/// <param name="Address">Null for a unix socket, and where nobody knows any more; then no line fits.</param>
/// <param name="IsReplication">Of the physical kind; a logical one is a connection to its database.</param>
public sealed record HbaFacts(
    string User, string Database, bool IsLocal, IPAddress? Address, bool IsTls, bool IsReplication)
{
    /// <summary>This machine's addresses with the lengths of their prefixes; asked for samehost and samenet only.</summary>
    public ImmutableArray<(IPAddress Address, int Prefix)> OwnNetworks { get; init; } = [];
}
