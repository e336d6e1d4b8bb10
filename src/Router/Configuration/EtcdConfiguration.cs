using System.Collections.Immutable;

namespace Router.Configuration;

/// <summary>How to reach the store: the section <c>etcd3</c> or <c>etcd</c>, with Patroni's keys.</summary>
internal sealed record EtcdConfiguration
{
    /// <summary>At least one; <c>http://host:port</c> or <c>https://host:port</c>.</summary>
    public ImmutableArray<Uri> Endpoints { get; init; } = [];

    public string? UserName { get; init; }

    public Secret? Password { get; init; }

    /// <summary>PEM file of the authorities of the store's certificate; null: the system's.</summary>
    public string? CaCertFile { get; init; }

    /// <summary>PEM file of the client's certificate, or of certificate and key.</summary>
    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>
    /// The file says <c>etcd:</c>, which Patroni serves by the v2 API: before the v3 store is used, v2 is asked whether
    /// it holds this scope (S10 of src/decisions/0001-safety-rules.md).
    /// </summary>
    public bool IsWrittenForV2 { get; init; }
}
