using System.Collections.Immutable;

namespace Router.Dcs.InMemory;

/// <summary>A backup of an <see cref="InMemoryStore"/>; leases are not part of it.</summary>
public sealed class InMemorySnapshot
{
    internal InMemorySnapshot(ImmutableSortedDictionary<string, RawKey> keys, long revision)
    {
        Keys = keys;
        Revision = revision;
    }

    internal ImmutableSortedDictionary<string, RawKey> Keys { get; }

    internal long Revision { get; }
}
