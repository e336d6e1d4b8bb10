using Router.Agent.Observation;
using Router.Testing;

namespace Router.Integration.Tests;

/// <summary>What a <see cref="TestCluster"/> is made like.</summary>
internal sealed record ClusterForm
{
    public bool IsSynchronous { get; init; } = true;

    /// <summary>In seconds.</summary>
    public int PrimaryStartTimeout { get; init; } = 300;

    /// <summary>What each member's file says is the replication user's.</summary>
    public Func<TestMember, string> ReplicationPassword { get; init; } = _ => "story-replication";

    /// <summary>Done to each member before its agent starts.</summary>
    public Func<TestMember, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    /// <summary>Where set, the REST API is TLS with these, and wants a certificate of every caller.</summary>
    public TestCertificates? Certificates { get; init; }

    public string Scheme => Certificates is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;

    /// <summary>How the members' REST API is called.</summary>
    public MemberProbeOptions Members => Certificates is null
        ? new MemberProbeOptions()
        : new MemberProbeOptions
        {
            CaCertFile = Certificates.CaFile,
            CertFile = Certificates.CertificateFile,
            KeyFile = Certificates.KeyFile,
        };

    /// <summary>The rest of the section <c>restapi</c>, and <c>ctl</c>.</summary>
    public string AgentYaml => Certificates is null
        ? ""
        : $$"""
              certfile: {{Certificates.CertificateFile}}
              keyfile: {{Certificates.KeyFile}}
              cafile: {{Certificates.CaFile}}
              verify_client: required
            ctl: {{Callers}}
            """;

    public string ProxyYaml => Certificates is null ? "" : $"members: {Callers}\n";

    private string Callers =>
        $"{{cacert: {Certificates?.CaFile}, certfile: {Certificates?.CertificateFile}, keyfile: {Certificates?.KeyFile}}}";
}
