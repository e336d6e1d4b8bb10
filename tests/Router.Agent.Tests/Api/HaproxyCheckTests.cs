using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Router.Testing;

namespace Router.Agent.Tests.Api;

/// <summary>HAProxy's httpchk, as in front of most Patroni clusters, with OPTIONS and with GET.</summary>
[Trait("Category", "Integration")]
public sealed class HaproxyCheckTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rest-haproxy-").FullName;
    private ApiWorld _world = null!;
    private Process? _haproxy;

    private string SocketPath => Path.Combine(_directory, "stats.sock");

    public async Task InitializeAsync()
    {
        _world = await ApiWorld.StartAsync();
        var configuration = Path.Combine(_directory, "haproxy.cfg");
        await File.WriteAllTextAsync(configuration, Configuration(_world.Api.Address.Port, SocketPath));
        _haproxy = Process.Start(new ProcessStartInfo("haproxy", ["-db", "-f", configuration]) { RedirectStandardError = true });
    }

    public async Task DisposeAsync()
    {
        if (_haproxy is { } haproxy)
        {
            haproxy.Kill();
            await haproxy.WaitForExitAsync();
            haproxy.Dispose();
        }

        await _world.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Checks_follow_the_role_and_the_lease()
    {
        _world.Shows(_world.Snapshots.Primary(), holdsLease: true);
        await WaitForAsync("primary UP, replica DOWN, replicaget DOWN");

        _world.Clock.Advance(TimeSpan.FromSeconds(30));
        await WaitForAsync("primary DOWN, replica DOWN, replicaget DOWN");

        _world.Shows(_world.Snapshots.Replica() with { ViewReadAt = _world.Clock.Now });
        await WaitForAsync("primary DOWN, replica UP, replicaget UP");
    }

    private static string Configuration(int port, string socket) => string.Create(CultureInfo.InvariantCulture, $"""
        global
            stats socket {socket} mode 600
        defaults
            mode tcp
            timeout connect 5s
            timeout client 5s
            timeout server 5s
            timeout check 5s
            default-server inter 100ms fall 1 rise 1
        backend primary
            option httpchk OPTIONS /primary
            http-check expect status 200
            server node1 127.0.0.1:1 check port {port}
        backend replica
            option httpchk OPTIONS /replica?lag=1MB
            http-check expect status 200
            server node1 127.0.0.1:1 check port {port}
        backend replicaget
            option httpchk
            http-check send meth GET uri /replica ver HTTP/1.1 hdr Host node1
            http-check expect status 200
            server node1 127.0.0.1:1 check port {port}

        """);

    private async Task WaitForAsync(string expected)
    {
        var states = "";
        await Eventually.TrueAsync(() => (states = States()) == expected, $"{expected}; last seen: {states}");
    }

    /// <summary>HAProxy's own word for each backend's server.</summary>
    private string States()
    {
        if (!File.Exists(SocketPath))
        {
            return "";
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        _ = socket.Send("show stat\n"u8);
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        var rows = reader.ReadToEnd().Split('\n').Select(line => line.Split(',')).Where(row => row.Length > 17);
        return string.Join(", ", rows.Where(row => row[1] == "node1").Select(row => $"{row[0]} {row[17].Split(' ')[0]}"));
    }
}
