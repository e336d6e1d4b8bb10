using Router.Commands;
using Router.Testing;

namespace Router.Command.Tests.Commands;

public sealed class CheckConfigCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("router-check-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("router.yml", "proxy")]
    [InlineData("router.example.yml", "proxy")]
    [InlineData("patroni.yml", "agent")]
    [InlineData("patroni.example.yml", "agent")]
    [InlineData("pgbouncer.example.ini", "pgbouncer")]
    public async Task Good_file_is_good_and_its_kind_is_told(string name, string kind)
    {
        var path = Repository.ConfigurationFile(name);
        Assert.Equal(ExitCode.Ok, await RunAsync(path));
        Assert.EndsWith($"{path}: good ({kind})\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Errors_go_to_standard_error_with_exit_code_2()
    {
        var path = Write("bad.yml", "scope: a\netcd3: {host: store}\nlisten: {primary: here}\nsoope: b\n");
        Assert.Equal(ExitCode.Usage, await RunAsync(path));
        Assert.Equal(
            $"""
            {path}:3:19: listen.primary: 'here' does not fit; write address:port, *:port, or the path of a unix socket
            {path}:4:1: soope: unknown key; did you mean 'scope'?

            """,
            _error.ToString());
        Assert.Equal($"{path}: refused (proxy)\n", _output.ToString());
    }

    [Fact]
    public async Task File_that_begins_with_a_header_is_pgbouncers()
    {
        var path = Write("pooler.conf", "; ours\n\n[pgbouncer]\nmax_client_con = 5\n");
        Assert.Equal(ExitCode.Usage, await RunAsync(path));
        Assert.Equal($"{path}:4:1: max_client_con: unknown key; did you mean 'max_client_conn'?\n", _error.ToString());
        Assert.Equal($"{path}: refused (pgbouncer)\n", _output.ToString());
    }

    [Fact]
    public async Task Files_of_TLS_are_tried()
    {
        using var files = new TestCertificates();
        File.SetUnixFileMode(files.KeyFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var path = Write("pooler.conf", $"""
            [pgbouncer]
            client_tls_sslmode = require
            client_tls_cert_file = {files.CertificateFile}
            client_tls_key_file = {files.KeyFile}
            server_tls_sslmode = verify-ca
            server_tls_ca_file = /nowhere.crt

            """);
        Assert.Equal(ExitCode.Usage, await RunAsync(path));
        Assert.Equal($"{path}:6:22: server_tls_ca_file: /nowhere.crt: there is no such file\n", _error.ToString());
        Assert.Contains(
            $"{path}:4:23: warning: client_tls_key_file: {files.KeyFile} may be read by others", _output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_is_an_agents_and_later_files_win()
    {
        File.Copy(Repository.ConfigurationFile("patroni.yml"), Path.Combine(_directory, "10-base.yml"));
        Write("20-own.yaml", "name: ''\n");
        Write("30-ignored.txt", "::: not yaml\n");
        Assert.Equal(ExitCode.Usage, await RunAsync(_directory));
        Assert.Equal(
            $"{_directory}/20-own.yaml:1:7: name: is missing; write this member's name, another one on each member\n",
            _error.ToString());
    }

    [Fact]
    public async Task Missing_file_is_one_sentence()
    {
        var path = Path.Combine(_directory, "nowhere.yml");
        Assert.Equal(ExitCode.Usage, await RunAsync(path));
        Assert.Equal($"{path}: there is no such file\n", _error.ToString());
    }

    [Fact]
    public async Task File_of_another_kind_is_not_read_whole()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(Write("big.yml", new string('#', (1 << 20) + 1))));
        Assert.Contains("is it a configuration file?", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--all")]
    [InlineData("a.yml", "b.yml")]
    public async Task Anything_but_one_file_is_a_usage_error(params string[] arguments) =>
        Assert.Equal(ExitCode.Usage, await RunAsync(arguments));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<int> RunAsync(params string[] arguments) =>
        new CommandLine(_output, _error).RunAsync(["check-config", .. arguments]);
}
