namespace Router.Dcs.InMemory;

/// <summary>A lease of the in-memory store; owned by <see cref="InMemoryStore"/>.</summary>
internal sealed class InMemoryLease(long id, TimeSpan ttl)
{
    public long Id { get; } = id;

    public TimeSpan Ttl { get; } = ttl;

    /// <summary>The store's timestamp of the last grant or keepalive.</summary>
    public long RenewedAt { get; set; }

    public ITimer? Expiry { get; set; }
}
