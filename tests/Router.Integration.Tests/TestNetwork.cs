using System.Diagnostics;
using System.Globalization;

namespace Router.Integration.Tests;

/// <summary>
/// Hosts on one machine: a network namespace each, on one bridge that lies in a namespace of its own. A host's link can be
/// cut. Everything is removed at the end.
/// </summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    private readonly string _name = "rt" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    private readonly List<string> _namespaces = [];

    private TestNetwork()
    {
    }

    /// <summary>Made for such networks: nobody routes it (RFC 2544, benchmarking).</summary>
    public static string Address(int host) => string.Create(CultureInfo.InvariantCulture, $"198.18.77.{host}");

    public static async Task<TestNetwork> CreateAsync(int hosts)
    {
        var network = new TestNetwork();
        await network.AddAsync(network.Hub);
        await network.InAsync(network.Hub, "ip", "link", "add", "br0", "type", "bridge");
        await network.InAsync(network.Hub, "ip", "link", "set", "br0", "up");
        for (var host = 1; host <= hosts; host++)
        {
            await network.AddHostAsync(host);
        }

        return network;
    }

    public Task CutAsync(int host) => InAsync(Hub, "ip", "link", "set", Link(host), "down");

    public Task HealAsync(int host) => InAsync(Hub, "ip", "link", "set", Link(host), "up");

    /// <summary>
    /// The words that run a command on a host, as the account of PostgreSQL, with a home and a socket directory that no
    /// other host sees.
    /// </summary>
    public string[] On(int host, string home, params string[] command) =>
    [
        "ip", "netns", "exec", Host(host), "sh", "-c",
        "mount -t tmpfs -o mode=1777 none /run/postgresql && exec setpriv --reuid=postgres --regid=postgres "
            + "--clear-groups env HOME=\"$0\" DOTNET_CLI_HOME=\"$0\" \"$@\"",
        home, .. command,
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _namespaces)
        {
            await RunAsync(isChecked: false, "ip", "netns", "delete", name);
        }
    }

    private string Hub => _name + "h";

    private string Host(int host) => string.Create(CultureInfo.InvariantCulture, $"{_name}n{host}");

    private static string Link(int host) => string.Create(CultureInfo.InvariantCulture, $"to{host}");

    private async Task AddHostAsync(int host)
    {
        var name = Host(host);
        await AddAsync(name);
        await InAsync(Hub, "ip", "link", "add", Link(host), "type", "veth", "peer", "name", "eth0", "netns", name);
        await InAsync(Hub, "ip", "link", "set", Link(host), "master", "br0");
        await InAsync(Hub, "ip", "link", "set", Link(host), "up");
        await InAsync(name, "ip", "address", "add", Address(host) + "/24", "dev", "eth0");
        await InAsync(name, "ip", "link", "set", "eth0", "up");
        await InAsync(name, "ip", "link", "set", "lo", "up");
    }

    private async Task AddAsync(string name)
    {
        await RunAsync(isChecked: true, "ip", "netns", "add", name);
        _namespaces.Add(name);
    }

    private Task InAsync(string name, params string[] command) =>
        RunAsync(isChecked: true, ["ip", "netns", "exec", name, .. command]);

    private static async Task RunAsync(bool isChecked, params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (isChecked && process.ExitCode != 0)
        {
            throw new IOException($"{string.Join(' ', command)}: {error}");
        }
    }
}
