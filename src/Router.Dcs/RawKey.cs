using Router.Cluster;

namespace Router.Dcs;

/// <summary>One key as a store holds it, before anybody has read meaning into it.</summary>
/// <param name="Path">Below <c>/namespace/scope/</c>.</param>
/// <param name="Value">Its text; null where the bytes are no UTF-8.</param>
/// <param name="CreateRevision">When the key last came into being.</param>
/// <param name="ModRevision">When it was last written.</param>
/// <param name="LeaseId">The lease that it hangs on; 0 for none.</param>
public sealed record RawKey(
    string Path,
    string? Value,
    Revision CreateRevision,
    Revision ModRevision,
    long LeaseId = 0);
