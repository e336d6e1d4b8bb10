using System.Collections.Immutable;

namespace Router.Cluster;

/// <summary>A member's tags with Patroni's meaning (configuration.md 6).</summary>
public sealed record MemberTags
{
    public static readonly MemberTags None = new();

    /// <summary>Never leads; stronger than <see cref="FailoverPriority"/>.</summary>
    public bool NoFailover { get; init; }

    /// <summary>Higher wins among equal WAL positions; 0 or less is the same as <see cref="NoFailover"/>.</summary>
    public int FailoverPriority { get; init; } = 1;

    public bool CloneFrom { get; init; }

    public bool NoLoadBalance { get; init; }

    public bool NoSync { get; init; }

    /// <summary>Higher is preferred as synchronous standby; 0 is the same as <see cref="NoSync"/>.</summary>
    public int SyncPriority { get; init; } = 1;

    public bool NoStream { get; init; }

    /// <summary>The member to stream from instead of the leader.</summary>
    public string? ReplicateFrom { get; init; }

    /// <summary>All tags as published, name to JSON text, custom ones among them.</summary>
    public ImmutableSortedDictionary<string, string> Published { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// As published by a synchronous standby that is about to stop: the leader takes it out of the sync key first, so that
    /// no commit waits for it.
    /// </summary>
    public MemberTags ToLeaving() => this with
    {
        NoSync = true,
        SyncPriority = 0,
        Published = Published.SetItem("nosync", "true").SetItem("sync_priority", "0"),
    };

    public bool MayFailover => !NoFailover && FailoverPriority > 0;

    public bool MayBeSynchronous => !NoSync && SyncPriority > 0;
}
