using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>What the lines of <c>[databases]</c>, <c>[users]</c> and <c>[peers]</c> have in common.</summary>
internal interface INamedEntry
{
    string Name { get; }

    /// <summary>Where the name stands.</summary>
    SourcePosition At { get; }

    /// <summary>What was written, with the position of each value.</summary>
    ImmutableArray<IniEntry> Written { get; }
}
