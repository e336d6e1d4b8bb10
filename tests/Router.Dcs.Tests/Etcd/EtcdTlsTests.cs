using Microsoft.Extensions.Logging.Abstractions;
using Router.Dcs.Etcd;
using Router.Testing;

namespace Router.Dcs.Tests.Etcd;

[Trait("Category", "Integration")]
public sealed class EtcdTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    [Fact]
    public async Task Only_the_right_authority_and_a_client_certificate_get_in()
    {
        await using var etcd = await EtcdServers.StartWithTlsAsync(
            _certificates.CaFile, _certificates.CertificateFile, _certificates.KeyFile);
        using var others = new TestCertificates();
        await using var good = Connect(etcd, Tls(_certificates.CaFile, _certificates));
        await using var distrustful = Connect(etcd, Tls(others.CaFile, _certificates));
        await using var nameless = Connect(etcd, new EtcdTls(_certificates.CaFile, null, null));
        await using var stranger = Connect(etcd, Tls(_certificates.CaFile, others));

        Assert.True((await good.CommitAsync(ClusterTransactions.RaceInitialize(), default)).IsOk);
        _ = Assert.IsType<DcsRead.Unreachable>(await distrustful.ReadAsync(default));
        _ = Assert.IsType<DcsRead.Unreachable>(await nameless.ReadAsync(default));
        _ = Assert.IsType<DcsRead.Unreachable>(await stranger.ReadAsync(default));
        _ = Assert.IsType<DcsRead.Seen>(await good.ReadAsync(default));
    }

    public void Dispose() => _certificates.Dispose();

    private static EtcdTls Tls(string caFile, TestCertificates own) =>
        new(caFile, own.CertificateFile, own.KeyFile);

    private static EtcdDcs Connect(EtcdServers etcd, EtcdTls tls) => new(
        new EtcdSettings
        {
            Endpoints = [etcd.TlsUrl!],
            Scope = "demo",
            Tls = tls,
            CallDeadline = TimeSpan.FromSeconds(5),
        },
        TimeProvider.System,
        NullLogger<EtcdDcs>.Instance);
}
