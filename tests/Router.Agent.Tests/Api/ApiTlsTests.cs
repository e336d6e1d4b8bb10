using System.Net.Security;
using Router.Agent.Api;
using Router.Agent.Observation;

namespace Router.Agent.Tests.Api;

/// <summary>TLS of the REST API, with real handshakes.</summary>
public sealed class ApiTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Reload_presents_a_renewed_certificate_on_the_same_port()
    {
        var options = Options(VerifyClient.None);
        await using var world = await ApiWorld.StartAsync(options);
        Assert.Equal("https", world.Api.Address.Scheme);
        var first = await PresentedAsync(world);

        _certificates.RenewServer();
        await world.Api.ReloadAsync(options, CancellationToken.None);

        Assert.NotEqual(first, await PresentedAsync(world));
    }

    [Fact]
    public async Task Reload_keeps_the_certificate_when_the_file_is_broken()
    {
        var options = Options(VerifyClient.None);
        await using var world = await ApiWorld.StartAsync(options);
        var first = await PresentedAsync(world);

        await File.WriteAllTextAsync(_certificates.ServerFile, "not a certificate");
        await world.Api.ReloadAsync(options, CancellationToken.None);

        Assert.Equal(first, await PresentedAsync(world));
    }

    [Fact]
    public async Task Optional_certificate_is_needed_to_change_something()
    {
        await using var world = await ApiWorld.StartAsync(Options(VerifyClient.Optional));
        using var stranger = Client(certFile: null);
        using var member = Client(_certificates.ClientFile);

        using var read = await stranger.GetAsync(new Uri(world.Api.Address, "/patroni"));
        using var refused = await stranger.PostAsync(new Uri(world.Api.Address, "/reload"), null);
        using var accepted = await member.PostAsync(new Uri(world.Api.Address, "/reload"), null);

        Assert.Equal((200, 403, 202), ((int)read.StatusCode, (int)refused.StatusCode, (int)accepted.StatusCode));
        Assert.Equal("client certificate required", await refused.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(VerifyClient.Required, false)]
    [InlineData(VerifyClient.Required, true)]
    [InlineData(VerifyClient.Optional, true)]
    public async Task Missing_or_foreign_certificate_ends_the_handshake(VerifyClient mode, bool isForeign)
    {
        await using var world = await ApiWorld.StartAsync(Options(mode));
        using var client = Client(isForeign ? _certificates.ForeignFile : null);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri(world.Api.Address, "/patroni")));
    }

    private RestApiOptions Options(VerifyClient mode) => ApiWorld.Open with
    {
        CertFile = _certificates.ServerFile,
        CaFile = _certificates.AuthorityFile,
        VerifyClient = mode,
    };

    /// <summary>The client of the agents themselves, which verifies the server.</summary>
    private HttpClient Client(string? certFile) => MemberProbeClient.Create(
        new MemberProbeOptions { CaCertFile = _certificates.AuthorityFile, CertFile = certFile });

    private static async Task<string?> PresentedAsync(ApiWorld world)
    {
        string? serialNumber = null;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    serialNumber = certificate?.GetSerialNumberString();
                    return serialNumber is not null;
                },
            },
        });
        using var answer = await client.GetAsync(new Uri(world.Api.Address, "/patroni"));
        return serialNumber;
    }
}
