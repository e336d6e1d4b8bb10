using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>One line of <c>[peers]</c>: another process of the group, to which cancel requests are passed on.</summary>
internal sealed record PeerEntry : INamedEntry
{
    /// <summary>Its <c>peer_id</c>.</summary>
    public required int Id { get; init; }

    public string Name => $"{Id}";

    public required SourcePosition At { get; init; }

    /// <summary>What was written, with the position of each value.</summary>
    public required ImmutableArray<IniEntry> Written { get; init; }

    public required string Host { get; init; }

    public int Port { get; init; } = 6432;

    /// <summary>Null: the global setting holds.</summary>
    public int? PoolSize { get; init; }
}
