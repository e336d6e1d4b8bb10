using System.Diagnostics;
using System.Globalization;
using System.Net;
using Router.Protocol.Messages;
using Router.Testing.Proxy;

namespace Router.Integration.Tests.Bouncer;

/// <summary>A pooler is replaced by another process (-R) while clients come, work and go: none of them notices.</summary>
[Trait("Category", "Integration")]
public sealed class TakeoverTests(BouncerServer server) : IClassFixture<BouncerServer>
{
    [Fact]
    public async Task Two_replacements_fail_no_connection_and_no_transaction()
    {
        var (exitCode, output) = await RouterCommand.RunAsync(
            "pgbench", "-h", "127.0.0.1", "-p", $"{server.Port}", "-U", "postgres", "-iq", "postgres");
        Assert.True(exitCode == 0, output);
        using var pooler = await server.StartRouterAsync(
            "pool_mode = transaction\ndefault_pool_size = 5", $"db1 = host=127.0.0.1 port={server.Port} dbname=postgres user=postgres");
        using var stopping = new CancellationTokenSource();
        var staying = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConnectAsync(ByTcp(pooler))));
        var (sleeper, sleepersKey) = await ConnectAsync(pooler.Socket);
        var working = staying.Select(client => WorkAsync(client.Client, stopping.Token)).ToList();
        working.AddRange([ChurnAsync(ByTcp(pooler), stopping.Token), ChurnAsync(pooler.Socket, stopping.Token)]);
        var benches = BenchAsync(pooler, stopping.Token);

        using var second = await ReplaceAsync(pooler);
        using var third = await ReplaceAsync(pooler);

        // The first one has clients, and what they cancel comes to the third.
        Assert.False(pooler.Process.HasExited);
        await sleeper.QueryAsync("SELECT pg_sleep(600)");
        await pooler.UntilAsync(
            async () => await server.Postgres.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1",
            "the client sleeps");
        using (var asking = await WirePeer.ConnectAsync(ByTcp(pooler)))
        {
            await asking.SendAsync(new CancelRequest(sleepersKey.ProcessId, sleepersKey.Key).Write);
            Assert.True(await asking.IsClosedAsync());
        }

        Assert.Equal("57014", ErrorResponse.Parse((await sleeper.ReadUntilAsync('E')).Body)!.Code);
        await stopping.CancelAsync();
        await Task.WhenAll(working);
        Assert.True(await benches > 0);

        // They end when their last clients have left, and leave alone what is the third's by now.
        Assert.False(second.HasExited);
        sleeper.Dispose();
        foreach (var (client, _) in staying)
        {
            client.Dispose();
        }

        await pooler.Process.WaitForExitAsync();
        await second.WaitForExitAsync();
        Assert.Equal((0, 0), (pooler.Process.ExitCode, second.ExitCode));
        Assert.Equal($"{third.Id}", File.ReadAllText(pooler.PidFile).Trim());
        Assert.Equal(0, (await pooler.PsqlAsync("admin", "pgbouncer", "SHOW VERSION", host: pooler.Directory)).ExitCode);
        pooler.Signal(3);
        await third.WaitForExitAsync();
        Assert.Equal(0, third.ExitCode);
        Assert.False(File.Exists($"{pooler.Socket}") || File.Exists(pooler.PidFile));
    }

    [Fact]
    public async Task Where_nobody_runs_it_starts_as_usual_and_who_dies_half_way_changes_nothing()
    {
        using var pooler = await PoolerProcess.StartAsync(
            [.. RouterCommand.Router, "pgbouncer", "-R"], server.Databases, BouncerServer.Users, "");

        // It listens on the inherited sockets, and then cannot have its pid file.
        var broken = Path.Combine(pooler.Directory, "broken.ini");
        await File.WriteAllTextAsync(
            broken, (await File.ReadAllTextAsync(pooler.Ini)).Replace("pooler.pid", "nowhere/pooler.pid", StringComparison.Ordinal));
        var (exitCode, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "pgbouncer", "-R", broken]);
        Assert.Equal(1, exitCode);
        Assert.Contains("FATAL", output, StringComparison.Ordinal);
        await pooler.UntilAsync(
            () => Task.FromResult(pooler.Log.Contains("did not take over: it ended before it listened; this one goes on", StringComparison.Ordinal)),
            "the running one has noticed");
        foreach (var endPoint in new EndPoint[] { ByTcp(pooler), pooler.Socket })
        {
            using var client = (await ConnectAsync(endPoint)).Client;
        }

        // Another try works.
        using var successor = await ReplaceAsync(pooler);
        await pooler.Process.WaitForExitAsync();
        using (var client = (await ConnectAsync(pooler.Socket)).Client)
        {
            await client.QueryAsync("SELECT 1");
            Assert.Equal('T', (await client.ReadAsync()).Type);
        }
    }

    private static IPEndPoint ByTcp(PoolerProcess pooler) => new(IPAddress.Loopback, pooler.Port);

    private static async Task<(WirePeer Client, BackendKeyData Key)> ConnectAsync(EndPoint endPoint)
    {
        var client = await WirePeer.ConnectAsync(endPoint);
        return (client, await client.LogInAsync("app", "db1"));
    }

    /// <summary>Asks and asks; each answer must come.</summary>
    private static async Task WorkAsync(WirePeer client, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await client.QueryAsync("SELECT 1");
            Assert.Equal('T', (await client.ReadAsync()).Type);
            _ = await client.ReadUntilAsync('Z');
        }
    }

    private static async Task ChurnAsync(EndPoint endPoint, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            using var client = (await ConnectAsync(endPoint)).Client;
            await client.QueryAsync("SELECT 1");
            Assert.Equal('T', (await client.ReadAsync()).Type);
        }
    }

    /// <summary>Runs of pgbench that connect for every transaction; how many there were.</summary>
    private static async Task<int> BenchAsync(PoolerProcess pooler, CancellationToken stopping)
    {
        var runs = 0;
        for (; !stopping.IsCancellationRequested; runs++)
        {
            var (exitCode, output) = await RouterCommand.RunAsync(
                "pgbench", "-h", "127.0.0.1", "-p", $"{pooler.Port}", "-U", "app", "-n", "-C", "-c", "4", "-t", "25", "db1");
            Assert.True(exitCode == 0, output);
            Assert.Contains("actually processed: 100/100", output, StringComparison.Ordinal);
            Assert.Contains("number of failed transactions: 0 ", output, StringComparison.Ordinal);
        }

        return runs;
    }

    /// <summary>Starts another process from the same file, and waits until it has taken over.</summary>
    private static async Task<Process> ReplaceAsync(PoolerProcess pooler)
    {
        var successor = RouterCommand.Start(
            Path.Combine(pooler.Directory, "output.log"), [.. RouterCommand.Router, "pgbouncer", "-R", pooler.Ini]);
        await pooler.UntilAsync(
            () => Task.FromResult(
                successor.HasExited || pooler.Log.Contains($"[{successor.Id}] LOG process up", StringComparison.Ordinal)),
            "another process serves");
        Assert.Equal(successor.Id.ToString(CultureInfo.InvariantCulture), File.ReadAllText(pooler.PidFile).Trim());
        return successor;
    }
}
