using System.Diagnostics;
using Router.Demo;
using Router.Testing;

namespace Router.Integration.Tests;

/// <summary>A demo in somebody's etcd touches its own keys and no others.</summary>
[Trait("Category", "Integration")]
public sealed class OutsideStoreTests
{
    [Fact]
    public async Task Used_scope_is_refused_and_only_own_keys_are_removed()
    {
        await using var store = await EtcdServers.StartAsync();
        var address = store.ClientUrls[0];
        using var demo = new OutsideStore(address, "demo-5000");
        await demo.CheckAsync(CancellationToken.None);
        await EtcdctlAsync(address, "put", "/service/demo-5000/leader", "node-1");
        await EtcdctlAsync(address, "put", "/service/demo-50000/leader", "another");

        var refused = await Assert.ThrowsAsync<DemoException>(() => demo.CheckAsync(CancellationToken.None));
        Assert.Contains("already has 1 keys below /service/demo-5000/", refused.Message, StringComparison.Ordinal);
        await demo.ClearAsync(CancellationToken.None);

        await demo.CheckAsync(CancellationToken.None);
        Assert.Equal("another", await EtcdctlAsync(address, "get", "--print-value-only", "/service/demo-50000/leader"));
    }

    private static async Task<string> EtcdctlAsync(Uri address, params string[] arguments)
    {
        var start = new ProcessStartInfo("etcdctl", ["--endpoints", address.ToString(), .. arguments])
        {
            RedirectStandardOutput = true,
            Environment = { ["ETCDCTL_API"] = "3" },
        };
        using var etcdctl = Process.Start(start)!;
        var output = await etcdctl.StandardOutput.ReadToEndAsync();
        await etcdctl.WaitForExitAsync();
        Assert.Equal(0, etcdctl.ExitCode);
        return output.Trim();
    }
}
