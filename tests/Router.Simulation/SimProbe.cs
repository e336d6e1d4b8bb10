using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Simulation;

/// <summary>REST between agents: answers where the network, the other agent and its PostgreSQL do.</summary>
internal sealed class SimProbe(World world, Machine machine, TimeProvider time) : IMemberProbe
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    public async Task<EquatableList<PeerReport>> AskAsync(
        IReadOnlyCollection<Member> members, CancellationToken aborted)
    {
        var answers = members.Where(IsReachable).ToList();
        await Task.Delay(answers.Count == members.Count ? world.Between(0.002, 0.02) : Bound, time, aborted);
        return answers.Where(IsReachable).Select(Report).ToEquatableList();
    }

    private bool IsReachable(Member member) =>
        world.Find(member.Name) is { IsUp: true, Agent.Runs: true } && world.AreConnected(machine.Name, member.Name);

    private PeerReport Report(Member member)
    {
        var facts = world.Find(member.Name)!.Postgres.Facts();
        return new PeerReport(
            member.Name, facts.State == PostgresState.Running,
            facts.State == PostgresState.Running ? facts.IsInRecovery : facts.HasStandbySignal,
            facts.Position, facts.Timeline, member.Tags, WatchdogFailed: false)
        {
            IsStopped = facts.State == PostgresState.Stopped,
        };
    }
}
