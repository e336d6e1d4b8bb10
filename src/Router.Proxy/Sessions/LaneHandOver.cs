using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>What the steady lane has in its hands when it does not know how to go on: one of these.</summary>
internal sealed record LaneHandOver
{
    /// <summary>The client is linked, and its relay ended so.</summary>
    public RelayEnd? End { get; init; }

    /// <summary>A server connection that is not the client's yet, or why there is none.</summary>
    public PoolAnswer? Answer { get; init; }

    /// <summary>A defect of ours.</summary>
    public Exception? Failure { get; init; }
}
