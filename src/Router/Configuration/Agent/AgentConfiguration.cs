using Router.Agent.Api;
using Router.Cluster;
using Router.Postgres.Options;

namespace Router.Configuration.Agent;

/// <summary>A <c>patroni.yml</c>, parsed and checked. Replaced whole on reload.</summary>
internal sealed record AgentConfiguration
{
    public required string Scope { get; init; }

    public required MemberName Name { get; init; }

    /// <summary>First part of every key in the store; begins with a slash and ends without.</summary>
    public required string Namespace { get; init; }

    public required EtcdConfiguration Etcd { get; init; }

    public required RestApiOptions RestApi { get; init; }

    /// <summary><c>restapi.connect_address</c>: where others reach the REST API; part of api_url.</summary>
    public required MemberAddress RestApiConnectAddress { get; init; }

    public required PostgresOptions Postgres { get; init; }

    /// <summary><c>postgresql.proxy_address</c>: published as proxy_url.</summary>
    public MemberAddress? ProxyAddress { get; init; }

    public CallbacksConfiguration Callbacks { get; init; } = new();

    /// <summary>
    /// <c>postgresql.use_pg_rewind</c> and the like win over the cluster's; null leaves them to the store's document.
    /// </summary>
    public LocalOverrides Overrides { get; init; } = new();

    /// <summary><c>bootstrap.dcs</c> as JSON: the store's document when this member makes the cluster.</summary>
    public string BootstrapDcsJson { get; init; } = "{}";

    public MemberTags Tags { get; init; } = MemberTags.None;

    public ProtectionMode Guard { get; init; } = ProtectionMode.Automatic;

    public WatchdogConfiguration Watchdog { get; init; } = new();

    public CtlConfiguration Ctl { get; init; } = new();

    public LogConfiguration Log { get; init; } = LogConfiguration.Default;
}
