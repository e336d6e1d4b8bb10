using System.Globalization;

namespace Router.Demo;

/// <summary>
/// The main job, unattended: an application writes while the primary's node is killed and while a switchover is made.
/// </summary>
internal sealed class DemoCheck(DemoCluster cluster, TimeSpan interval, TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    /// <summary>True when nothing that was acknowledged was lost.</summary>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        var writer = new EndpointWriter(cluster.NpgsqlConnection, interval, time);
        using var writing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var running = writer.RunAsync(writing.Token);

        await WarmUpAsync(writer, stopping);
        await Task.Delay(Settle, time, stopping);
        _ = writer.TakeLongestGap();

        var killed = await KillAsync(writer, stopping);
        var failoverGap = writer.TakeLongestGap();

        await Say($"starting {killed} again; it rejoins behind the new leader");
        cluster.StartAgent(cluster.Layout.Members.First(m => m.Name == killed));
        await cluster.WaitForAllAsync(stopping);
        _ = writer.TakeLongestGap();

        await SwitchAsync(writer, stopping);
        var switchoverGap = writer.TakeLongestGap();
        await cluster.WaitForAllAsync(stopping);

        await writing.CancelAsync();
        await running;
        return await ReportAsync(writer, failoverGap, switchoverGap, stopping);
    }

    private async Task WarmUpAsync(EndpointWriter writer, CancellationToken stopping)
    {
        await Say("writing through the endpoint");
        while (writer.Acknowledged == 0)
        {
            await Task.Delay(interval, time, stopping);
        }
    }

    private async Task<string> KillAsync(EndpointWriter writer, CancellationToken stopping)
    {
        var leader = await cluster.LeaderAsync(stopping) ?? throw new DemoException("there is no leader to kill");
        await Say($"kill -9 of {leader}: agent, guard and PostgreSQL");
        DemoCluster.KillNode(cluster.Layout.Members.First(m => m.Name == leader));
        await cluster.WaitForLeaderOtherThanAsync(leader, stopping);
        await Say($"{await cluster.LeaderAsync(stopping)} leads");
        await WaitForWritesAsync(writer, stopping);
        return leader;
    }

    private async Task SwitchAsync(EndpointWriter writer, CancellationToken stopping)
    {
        var leader = await cluster.LeaderAsync(stopping) ?? throw new DemoException("there is no leader");
        await Say($"asking {leader} for a switchover");
        await Say("  " + await cluster.SwitchoverAsync(leader, stopping));
        await cluster.WaitForLeaderOtherThanAsync(leader, stopping);
        await WaitForWritesAsync(writer, stopping);
    }

    private async Task WaitForWritesAsync(EndpointWriter writer, CancellationToken stopping)
    {
        var before = writer.Acknowledged;
        while (writer.Acknowledged < before + 10)
        {
            await Task.Delay(interval, time, stopping);
        }

        await Say("writes go on");
    }

    private async Task<bool> ReportAsync(
        EndpointWriter writer, TimeSpan failoverGap, TimeSpan switchoverGap, CancellationToken stopping)
    {
        var lost = await writer.FindLostAsync(stopping);
        await output.WriteLineAsync();
        await output.WriteLineAsync(Invariant($"writes acknowledged            {writer.Acknowledged}"));
        await output.WriteLineAsync(Invariant($"writes lost                    {lost.Count}"));
        await output.WriteLineAsync(Invariant($"client errors                  {writer.Errors.Count}"));
        foreach (var kind in writer.Errors.GroupBy(e => e))
        {
            await output.WriteLineAsync(Invariant($"  {kind.Count()} x {kind.Key}"));
        }

        await output.WriteLineAsync(Invariant($"longest write gap, node killed {failoverGap.TotalSeconds:F2} s"));
        await output.WriteLineAsync(Invariant($"longest write gap, switchover  {switchoverGap.TotalSeconds:F2} s"));
        return lost.Count == 0;
    }

    private Task Say(string line) => output.WriteLineAsync(line);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
