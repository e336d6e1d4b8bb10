using System.Net;
using Router.Agent.Observation;
using Router.Proxy;
using Router.Transport;

namespace Router.Configuration.Proxy;

/// <summary>A <c>router.yml</c>, parsed and checked. Replaced whole on reload.</summary>
internal sealed record ProxyConfiguration
{
    public required string Scope { get; init; }

    /// <summary>First part of every key in the store; begins with a slash and ends without.</summary>
    public required string Namespace { get; init; }

    public required EtcdConfiguration Etcd { get; init; }

    public required ProxyOptions Proxy { get; init; }

    /// <summary><c>http.listen</c>: health and metrics; null: not served.</summary>
    public IPEndPoint? HttpListen { get; init; }

    /// <summary><c>members</c>: whom to trust as an agent, and the certificate that is shown to it.</summary>
    public MemberProbeOptions Members { get; init; } = new();

    /// <summary>Null: members are verified by what their agents say of them.</summary>
    public ProbeConfiguration? Probe { get; init; }

    /// <summary><c>loops</c>: event loops of the data plane, one thread each.</summary>
    public int Loops { get; init; } = 1;

    /// <summary><c>transport</c>: how the loops wait for the system.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;

    public required TcpOptions Tcp { get; init; }

    public LogConfiguration Log { get; init; } = LogConfiguration.Default;
}
