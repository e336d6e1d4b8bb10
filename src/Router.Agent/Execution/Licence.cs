using Router.Cluster;

namespace Router.Agent.Execution;

/// <summary>
/// What the renewal of the lease needs beside the store (rule S3): a cycle that goes on finishing decisions, the last
/// of which said that this member may lead. Written by the cycle, read by the renewal.
/// </summary>
public sealed class Licence
{
    private volatile Stamp? _last;

    /// <summary>Notes a finished decision.</summary>
    public void Renew(BootTime now, bool mayLead) => _last = new Stamp(now, mayLead);

    /// <summary>Whether a renewal may be sent at <paramref name="now"/>.</summary>
    public bool IsValid(BootTime now, TimeSpan ttl) => _last is { MayLead: true } stamp && now - stamp.At <= ttl;

    private sealed record Stamp(BootTime At, bool MayLead);
}
