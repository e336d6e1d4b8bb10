using Router.Agent.Api;
using Router.Agent.Observation;
using Router.Configuration;
using Router.Hosting;
using Router.Testing;

namespace Router.Command.Tests.Hosting;

public sealed class TlsFilesTests : IDisposable
{
    private readonly TestCertificates _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Files_that_can_be_used_are_no_problem()
    {
        Assert.Null(TlsFiles.Problem("ctl", new MemberProbeOptions()));
        Assert.Null(TlsFiles.Problem("ctl", new MemberProbeOptions
        {
            CaCertFile = _files.CaFile,
            CertFile = _files.CertificateFile,
            KeyFile = _files.KeyFile,
        }));
        Assert.Null(TlsFiles.Problem(Api(_files.CertificateFile, _files.KeyFile)));
    }

    [Fact]
    public void Missing_file_is_named_with_its_setting()
    {
        Assert.Equal(
            "members.cacert: /nowhere.pem: there is no such file",
            TlsFiles.Problem("members", new MemberProbeOptions { CaCertFile = "/nowhere.pem" }));
        Assert.Equal(
            "restapi.certfile: /nowhere.key: there is no such file",
            TlsFiles.Problem(Api(_files.CertificateFile, "/nowhere.key")));
        var etcd = new EtcdConfiguration { Endpoints = [new Uri("https://h:1")], CertFile = "/no/where.pem" };
        Assert.Equal("etcd3.cert: /no/where.pem: there is no such file", TlsFiles.Problem(etcd));
        Assert.Null(TlsFiles.Problem(etcd with { Endpoints = [new Uri("http://h:1")] }));
    }

    [Fact]
    public void File_of_another_kind_is_named_with_its_setting()
    {
        Assert.Equal(
            $"ctl.cacert: {_files.KeyFile} holds no certificate",
            TlsFiles.Problem("ctl", new MemberProbeOptions { CaCertFile = _files.KeyFile }));
        Assert.StartsWith(
            $"restapi.certfile: {_files.KeyFile} cannot be loaded: ", TlsFiles.Problem(Api(_files.KeyFile, null)),
            StringComparison.Ordinal);
    }

    private static RestApiOptions Api(string certificate, string? key) => new()
    {
        ListenHost = "*",
        ListenPort = 8008,
        CertFile = certificate,
        KeyFile = key,
    };
}
