using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// Where sessions may go at one moment. Immutable: a session reads one of these for each decision, and never mixes two.
/// </summary>
public sealed record RoutingView
{
    /// <summary>Grows with each publication of one source.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The primary whose sessions live. It stays through a hold; once it is another identity or null, the sessions of
    /// the old one are cut (S20).
    /// </summary>
    public VerifiedPrimary? Primary { get; init; }

    /// <summary>Why no write may start now, in words for a client; null where it may.</summary>
    public string? Hold { get; init; }

    /// <summary>
    /// The moment from which writes wait unless a newer view says otherwise: the end of what the store or the leader's
    /// agent has vouched for (S19).
    /// </summary>
    public BootTime WritesUntil { get; init; }

    /// <summary>Members that stream from the primary and take part in load balancing, ordered by name.</summary>
    public EquatableList<RoutedMember> Replicas { get; init; }

    /// <summary>Members that are known and no primary, streaming or not: sessions of replica clients on others end.</summary>
    public EquatableList<MemberName> Standbys { get; init; }

    /// <summary>The primary that a write may go to at <paramref name="now"/>, or null.</summary>
    public VerifiedPrimary? UsablePrimary(BootTime now) => Hold is null && now < WritesUntil ? Primary : null;

    /// <summary>Nothing is known yet.</summary>
    public static RoutingView Initial { get; } = new() { Hold = "the cluster's store has not been read yet" };
}
