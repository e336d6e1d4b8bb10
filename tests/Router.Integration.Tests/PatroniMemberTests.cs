namespace Router.Integration.Tests;

/// <summary>
/// A real Patroni member in a cluster of ours: it copies, streams, and takes over when it is asked to. As a replica and
/// as a leader its REST API answers what ours does.
/// </summary>
[Trait("Category", "Integration")]
public sealed class PatroniMemberTests
{
    [Fact]
    public async Task Patroni_replica_streams_beside_ours_and_leads_after_a_switchover()
    {
        // Patroni refuses a ttl below 20.
        await using var cluster = await TestCluster.StartAsync(members: 2, ttl: 20);
        var ports = Router.Testing.FreePort.Take(2);
        var directory = Path.Combine(cluster.Directory, "patroni-1");
        await cluster.PrepareAsync(directory);
        var file = Path.Combine(directory, "patroni.yml");
        await File.WriteAllTextAsync(file, $$"""
            scope: {{TestCluster.Scope}}
            name: patroni-1
            restapi: {listen: "127.0.0.1:{{ports[0]}}", connect_address: "127.0.0.1:{{ports[0]}}"}
            etcd3: {host: "{{cluster.StoreAddress}}"}
            postgresql:
              listen: 127.0.0.1:{{ports[1]}}
              connect_address: 127.0.0.1:{{ports[1]}}
              data_dir: {{directory}}/data
              bin_dir: /usr/lib/postgresql/15/bin
              pgpass: {{directory}}/pgpass
              authentication:
                superuser: {username: postgres, password: story-superuser}
                replication: {username: replicator, password: story-replication}
              parameters: {unix_socket_directories: {{directory}}, shared_buffers: 16MB}
            """);
        using var patroni = RouterCommand.Start(Path.Combine(directory, "patroni.log"), ["patroni", file]);

        await cluster.UntilAsync("Patroni's member runs as a replica", async () =>
            (await cluster.RowsAsync()).Any(row => row is { Name: "patroni-1", State: "running" or "streaming" }));
        var leader = await cluster.LeaderAsync();
        await cluster.UntilAsync("it may be asked", async () =>
            (await cluster.PatronictlAsync("list")).Contains("Sync Standby", StringComparison.Ordinal));

        // Synchronous mode lets only its standbys lead; without it anybody may.
        await cluster.PatronictlAsync("edit-config", TestCluster.Scope, "-s", "synchronous_mode=false", "--force");
        await cluster.UntilAsync("synchronous mode is off", async () =>
            !(await cluster.PatronictlAsync("list")).Contains("Sync Standby", StringComparison.Ordinal));
        using var http = new HttpClient();
        var replica = cluster.Members.First(member => member.Name != leader);
        Assert.Equal(await RestCodes.ReadAsync(http, ports[0]), await RestCodes.ReadAsync(http, replica.RestPort));
        var asLeader = await RestCodes.ReadAsync(http, cluster.Member(leader!).RestPort);

        var answer = await cluster.PatronictlAsync(
            "switchover", TestCluster.Scope, "--master", leader!, "--candidate", "patroni-1", "--force");

        Assert.Contains("Successfully switched over to \"patroni-1\"", answer, StringComparison.Ordinal);
        await cluster.UntilAsync("ours stream from Patroni's", async () =>
        {
            var rows = await cluster.RowsAsync();
            return rows.Any(row => row is { Name: "patroni-1", Role: "leader" })
                && rows.Count(row => row is { Role: "replica", State: "streaming" }) == 2;
        });
        Assert.Equal(await RestCodes.ReadAsync(http, ports[0]), asLeader);
    }
}
