using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>What one probe of a member found.</summary>
public abstract record BackendFacts
{
    private BackendFacts()
    {
    }

    public sealed record Answered(bool IsInRecovery, SystemIdentifier System, Timeline Timeline) : BackendFacts;

    /// <summary>Nothing listens there, or what listens takes no connections: its sessions are over.</summary>
    public sealed record Gone(string Reason) : BackendFacts;

    /// <summary>No answer in time; nothing is proved.</summary>
    public sealed record Silent(string Reason) : BackendFacts;
}
