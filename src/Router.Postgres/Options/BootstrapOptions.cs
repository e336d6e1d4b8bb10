using Router.Cluster;

namespace Router.Postgres.Options;

/// <summary>How a new cluster is made: <c>bootstrap</c> of patroni.yml, but for <c>dcs</c>, which the agent stores.</summary>
public sealed record BootstrapOptions
{
    /// <summary><c>initdb</c>; empty: UTF8 and data checksums.</summary>
    public EquatableList<ToolOption> InitDb { get; init; }

    /// <summary><c>pg_hba</c>: used where <c>postgresql.pg_hba</c> is absent.</summary>
    public EquatableList<string> HbaLines { get; init; }

    /// <summary><c>post_bootstrap</c> or <c>post_init</c>: a shell command; the connection string is its argument.</summary>
    public string? PostBootstrap { get; init; }
}
