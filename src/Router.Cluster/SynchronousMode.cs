namespace Router.Cluster;

/// <summary><c>synchronous_mode</c> of the dynamic configuration (synchronous.md 2).</summary>
public enum SynchronousMode
{
    Off,
    On,
    Quorum,
}
