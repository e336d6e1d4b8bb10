using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Router.Testing;

namespace Router.Integration.Tests;

/// <summary>What keeps an agent or a proxy from its work ends it at once: one error, exit code 1, nothing changed on disk.</summary>
[Trait("Category", "Integration")]
public sealed class BadStartTests : IDisposable
{
    private const string Secret = "sEcr3t";

    private readonly string _directory = Directory.CreateTempSubdirectory("router-start-").FullName;
    private readonly int[] _ports = FreePort.Take(4);

    public BadStartTests()
    {
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Home);
        Own(Home);
    }

    private string Home => Path.Combine(_directory, "home");

    private string Data => Path.Combine(Home, "data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Programs_that_are_not_there_are_named_with_their_setting()
    {
        await AssertAgentRefusesAsync(
            "PostgreSQL cannot be run here: /nowhere/postgres cannot be run (No such file or directory): see postgresql.bin_dir.",
            Yaml(binaries: "/nowhere"));
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Programs_of_another_version_than_the_data_are_refused()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "PG_VERSION"), "13\n");
        Own(Data);
        await AssertAgentRefusesAsync("13", Yaml());
    }

    [Fact]
    public async Task Data_directory_with_other_files_is_refused_and_kept()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "notes.txt"), "mine");
        Own(Data);
        await AssertAgentRefusesAsync("is no PostgreSQL data directory and not empty (notes.txt)", Yaml());
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(Data).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Data_directory_that_is_a_file_is_refused()
    {
        File.WriteAllText(Data, "");
        await AssertAgentRefusesAsync("is a file: postgresql.data_dir must name a directory", Yaml());
    }

    [Fact]
    public async Task Data_directory_that_may_not_be_written_is_refused()
    {
        Directory.CreateDirectory(Data);
        Own(Data);
        File.SetUnixFileMode(Data, (UnixFileMode)0b101_101_101);
        await AssertAgentRefusesAsync("is not writable for this process", Yaml());
    }

    [RootFact]
    public async Task Data_directory_of_another_user_is_refused()
    {
        Directory.CreateDirectory(Data);
        await AssertAgentRefusesAsync("belongs to user 0 and this process runs as user", Yaml());
    }

    [Fact]
    public async Task PostgreSQLs_port_in_use_is_found_before_anything_is_made()
    {
        using var other = Listen(_ports[0]);
        await AssertAgentRefusesAsync($"postgresql.listen: another program has 127.0.0.1:{_ports[0]}", Yaml());
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Rest_port_in_use_and_peer_port_of_the_store_are_told()
    {
        await using var store = await EtcdServers.StartAsync();
        using var other = Listen(_ports[1]);
        await AssertAgentRefusesAsync("restapi.listen: http://127.0.0.1:", Yaml(store: store.ClientUrls[0].Authority));
        await AssertAgentRefusesAsync("is the PEER port of an etcd member", Yaml(store: store.PeerUrls[0].Authority));
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Login_that_the_store_refuses_is_told_by_agent_proxy_and_ctl_with_its_setting()
    {
        await using var store = await EtcdServers.StartAsync();
        await store.EnableAuthenticationAsync("bad-start");
        var address = store.ClientUrls[0].Authority;
        var wrong = $"etcd3.password: http://{address} does not accept user 'router' with this password";
        var login = $", username: router, password: {Secret}}}";

        await AssertAgentRefusesAsync(wrong, WithLogin(Yaml(store: address), login));
        await AssertProxyRefusesAsync(
            wrong, $"{{primary: '127.0.0.1:{_ports[2]}'}}", $"127.0.0.1:{_ports[3]}", $"{{host: '{address}'{login}");
        await AssertCtlRefusesAsync(wrong, WithLogin(Yaml(store: address), login));
        await AssertAgentRefusesAsync(
            $"etcd3.username: http://{address} wants a user and a password, and none is configured", Yaml(store: address));
        await AssertCtlRefusesAsync(
            "etcd3.username: user 'stranger' may not read /service/bad-start/",
            WithLogin(Yaml(store: address), ", username: stranger, password: stranger}"));
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Certificate_of_the_rest_api_that_cannot_be_loaded_is_told()
    {
        var yaml = Yaml().Replace("restapi: {", "restapi: {certfile: /nowhere.pem, ", StringComparison.Ordinal);
        await AssertAgentRefusesAsync("restapi.certfile: /nowhere.pem: there is no such file", yaml);
    }

    [Fact]
    public async Task Ports_of_the_proxy_in_use_are_told_with_their_settings()
    {
        using var other = Listen(_ports[2]);
        await AssertProxyRefusesAsync("listen: ", $"{{primary: '127.0.0.1:{_ports[2]}'}}", $"127.0.0.1:{_ports[3]}");
        await AssertProxyRefusesAsync("http.listen: ", $"{{primary: '127.0.0.1:{_ports[3]}'}}", $"127.0.0.1:{_ports[2]}");
    }

    [RootFact]
    public async Task Agent_does_not_run_as_root()
    {
        var (code, output) = await RouterCommand.RunAsIsAsync([.. RouterCommand.Router, "agent", Write(Yaml())]);
        Assert.Equal(2, code);
        Assert.StartsWith("router agent: the agent does not run as root", output, StringComparison.Ordinal);
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen();
        return socket;
    }

    private async Task AssertAgentRefusesAsync(string words, string yaml)
    {
        var (code, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "agent", Write(yaml)]);
        AssertOneError(code, output, words);
    }

    private async Task AssertCtlRefusesAsync(string words, string yaml)
    {
        var (code, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "ctl", "-c", Write(yaml), "list"]);
        Assert.Equal(1, code);
        Assert.StartsWith($"Error: the store cannot be used: {words}", output, StringComparison.Ordinal);
        Assert.Equal(1, output.Count(character => character == '\n'));
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    private static string WithLogin(string yaml, string login) =>
        string.Join('\n', yaml.Split('\n').Select(line =>
            line.StartsWith("etcd3:", StringComparison.Ordinal) ? line.Replace("}", login, StringComparison.Ordinal) : line));

    private async Task AssertProxyRefusesAsync(
        string words, string listen, string http, string store = "{host: '127.0.0.1:1'}")
    {
        var file = Write($"scope: bad-start\netcd3: {store}\nlisten: {listen}\nhttp: {{listen: '{http}'}}\n");
        var (code, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "proxy", "--config", file]);
        AssertOneError(code, output, words);
    }

    private static void AssertOneError(int code, string output, string words)
    {
        Assert.True(code == 1, $"exit code {code}\n{output}");
        var errors = output.Split('\n').Where(line => line.Contains(" CRITICAL ", StringComparison.Ordinal)
            || line.Contains(" ERROR ", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
        Assert.Contains(words, Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var file = Path.Combine(_directory, "file.yml");
        File.WriteAllText(file, text);
        return file;
    }

    private static void Own(string path)
    {
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Process.Start("chown", ["-R", "postgres:", path]);
            chown.WaitForExit();
        }
    }

    private string Yaml(string binaries = "/usr/lib/postgresql/15/bin", string store = "127.0.0.1:1") => $$"""
        scope: bad-start
        name: n1
        restapi: {listen: "127.0.0.1:{{_ports[1]}}", connect_address: "127.0.0.1:{{_ports[1]}}"}
        etcd3: {host: "{{store}}"}
        postgresql:
          listen: 127.0.0.1:{{_ports[0]}}
          connect_address: 127.0.0.1:{{_ports[0]}}
          data_dir: {{Data}}
          bin_dir: {{binaries}}
          pgpass: {{Home}}/pgpass
          authentication:
            superuser: {username: postgres, password: {{Secret}}}
            replication: {username: replicator, password: {{Secret}}}

        """;
}
