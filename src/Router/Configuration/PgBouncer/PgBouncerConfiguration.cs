using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Entries;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Configuration.PgBouncer;

/// <summary>
/// A <c>pgbouncer.ini</c> with all that it includes, parsed and checked. Every value knows where it was written. Replaced
/// whole on reload.
/// </summary>
internal sealed record PgBouncerConfiguration
{
    /// <summary>The file as it was named.</summary>
    public required string File { get; init; }

    /// <summary><c>[pgbouncer]</c>, by the keys of <see cref="SettingTable"/>.</summary>
    public required SettingValues Settings { get; init; }

    /// <summary>In the order of the file, each name once, the one for all other names among them.</summary>
    public required ImmutableArray<DatabaseEntry> Databases { get; init; }

    /// <summary>In the order of the file, each name once.</summary>
    public required ImmutableArray<UserEntry> Users { get; init; }

    /// <summary>In the order of the file, each id once.</summary>
    public required ImmutableArray<PeerEntry> Peers { get; init; }
}
