namespace Router.Integration.Tests;

/// <summary>
/// A member whose file has another password for replication than the leader's: told once with the setting's name, and
/// over as soon as the file is put right and read again.
/// </summary>
[Trait("Category", "Integration")]
public sealed class WrongReplicationPasswordTests
{
    private const int HangUp = 1;
    private const string Refusal = "password authentication failed for user \"replicator\"";
    private const string Advice = "look at postgresql.authentication.replication";

    [Fact]
    public async Task It_is_told_with_its_setting_and_heals_by_a_reload()
    {
        await using var cluster = await TestCluster.StartAsync(
            members: 2,
            disturb: CopiesNothingUntilRepairedAsync,
            form: new ClusterForm { IsSynchronous = false, ReplicationPassword = member => "secret-of-" + member.Name });
        await ReceivesNothingUntilRepairedAsync(cluster);
    }

    private static async Task CopiesNothingUntilRepairedAsync(TestCluster cluster)
    {
        await cluster.UntilAsync("a leader runs", async () => await cluster.LeaderAsync() is not null);
        var (leader, replica) = await RolesAsync(cluster);
        await cluster.UntilAsync("three copies began", () => Count(replica, "Clone began") >= 3);

        Assert.Single(Warnings(replica), line => line.Contains("LongOperation: Clone failed", StringComparison.Ordinal));
        Assert.All(Warnings(replica), line => Assert.Contains(Advice, line, StringComparison.Ordinal));
        Assert.DoesNotContain("secret-of-", await File.ReadAllTextAsync(replica.Log), StringComparison.Ordinal);

        await ChangeAsync(cluster, replica, $"secret-of-{replica.Name}", $"secret-of-{leader.Name}");
    }

    private static async Task ReceivesNothingUntilRepairedAsync(TestCluster cluster)
    {
        var (leader, replica) = await RolesAsync(cluster);
        await ChangeAsync(cluster, replica, $"secret-of-{leader.Name}", "secret-of-nobody");
        await cluster.UntilAsync("the password file has it", () =>
            File.ReadAllText(Path.Combine(replica.Directory, "pgpass")).Contains("secret-of-nobody", StringComparison.Ordinal));
        _ = await TestCluster.TryAskAsync(leader, "SELECT pg_terminate_backend(pid) FROM pg_stat_replication");

        await cluster.UntilAsync("it is told", () => Count(replica, "PostgreSQL receives no WAL: ") == 1);
        var told = File.ReadLines(replica.Log).Single(line => line.Contains("receives no WAL", StringComparison.Ordinal));
        Assert.Contains(Refusal, told, StringComparison.Ordinal);
        Assert.Contains(Advice, told, StringComparison.Ordinal);

        await ChangeAsync(cluster, replica, "secret-of-nobody", $"secret-of-{leader.Name}");
        await cluster.UntilAllStreamAsync();
        Assert.Equal(1, Count(replica, "PostgreSQL receives no WAL: "));
    }

    private static async Task<(TestMember Leader, TestMember Replica)> RolesAsync(TestCluster cluster)
    {
        var leader = cluster.Member((await cluster.LeaderAsync())!);
        return (leader, cluster.Members.Single(member => member != leader));
    }

    private static async Task ChangeAsync(TestCluster cluster, TestMember member, string what, string into)
    {
        var text = await File.ReadAllTextAsync(member.File);
        Assert.Contains(what, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(member.File, text.Replace(what, into, StringComparison.Ordinal));
        TestCluster.Signal(await cluster.AgentPidAsync(member), HangUp);
    }

    private static int Count(TestMember member, string words) =>
        File.ReadLines(member.Log).Count(line => line.Contains(words, StringComparison.Ordinal));

    private static string[] Warnings(TestMember member) => [.. File.ReadLines(member.Log).Where(line =>
        line.Contains(" WARNING ", StringComparison.Ordinal) && line.Contains(Refusal, StringComparison.Ordinal))];
}
