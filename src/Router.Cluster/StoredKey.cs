namespace Router.Cluster;

/// <summary>
/// One key of the store as it was read: absent, unreadable or a value. Garbage is "unknown", never "empty"
/// (reference/faults.md 26), so that nothing is decided or overwritten on the strength of a key nobody understands.
/// </summary>
public readonly record struct StoredKey<T>
    where T : class
{
    private StoredKey(T? value, Revision modRevision, bool isUnreadable)
    {
        Value = value;
        ModRevision = modRevision;
        IsUnreadable = isUnreadable;
    }

    /// <summary>The value, or null where the key is absent or unreadable.</summary>
    public T? Value { get; }

    /// <summary>The revision to compare in a write; <see cref="Revision.Absent"/> where there is no key.</summary>
    public Revision ModRevision { get; }

    public bool IsUnreadable { get; }

    public bool IsAbsent => ModRevision == Revision.Absent;

    public static StoredKey<T> Absent => default;

    public static StoredKey<T> Unreadable(Revision modRevision) => new(null, modRevision, isUnreadable: true);

    public static StoredKey<T> Present(T value, Revision modRevision) => new(value, modRevision, isUnreadable: false);
}
