using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Hosting.Gateway;
using Router.Hosting.Proxy;
using Router.Testing;

namespace Router.Command.Tests.Hosting.Gateway;

/// <summary>Agents whose certificates a private authority has signed: <c>members</c> of router.yml names it.</summary>
public sealed class GatewayTlsTests : IAsyncLifetime
{
    private readonly TestCertificates _files = new();
    private readonly HttpClient _http = new();
    private FakeAgentServer _agent = null!;

    public async Task InitializeAsync()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_files.CertificateFile, _files.KeyFile);
        _agent = await FakeAgentServer.StartAsync(
            "node1", certificate: X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _agent.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task Agent_of_a_private_authority_is_trusted_where_the_file_names_it()
    {
        await using var gateway = await StartAsync(new MemberProbeOptions { CaCertFile = _files.CaFile });
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway));
        using var members = new MemberClient(new MemberProbeOptions { CaCertFile = _files.CaFile });
        Assert.True(await new HttpAgentProbe(members).IsPrimaryAsync(_agent.ApiUrl, CancellationToken.None));
    }

    [Fact]
    public async Task It_is_not_trusted_otherwise_unless_anybody_is()
    {
        await using var gateway = await StartAsync(new MemberProbeOptions());
        Assert.Equal(HttpStatusCode.BadGateway, await AskAsync(gateway));
        using var members = new MemberClient(new MemberProbeOptions());
        var probe = new HttpAgentProbe(members);
        Assert.False(await probe.IsPrimaryAsync(_agent.ApiUrl, CancellationToken.None));

        gateway.Use(new MemberProbeOptions { IsInsecure = true });
        members.Use(new MemberProbeOptions { IsInsecure = true });
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway));
        Assert.True(await probe.IsPrimaryAsync(_agent.ApiUrl, CancellationToken.None));
    }

    [Fact]
    public async Task File_that_cannot_be_loaded_leaves_the_present_trust()
    {
        await using var gateway = await StartAsync(new MemberProbeOptions { CaCertFile = _files.CaFile });
        Assert.ThrowsAny<IOException>(() => gateway.Use(new MemberProbeOptions { CaCertFile = _files.CaFile + ".no" }));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway));
    }

    private async Task<GatewayServer> StartAsync(MemberProbeOptions tls)
    {
        var gateway = new GatewayServer(
            new GatewayOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), AgentTls = tls },
            new FakeProxyHealth(),
            NullLogger<GatewayServer>.Instance);
        await gateway.StartAsync(CancellationToken.None);
        gateway.Update(ClusterViews.LedBy(ClusterViews.A) with
        {
            Members = [new Member { Name = ClusterViews.A, ApiUrl = _agent.ApiUrl }],
        });
        return gateway;
    }

    private async Task<HttpStatusCode> AskAsync(GatewayServer gateway)
    {
        using var answer = await _http.GetAsync(new Uri(gateway.Address, "/cluster/primary"));
        return answer.StatusCode;
    }
}
