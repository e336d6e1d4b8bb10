using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Observation;

/// <summary>Waits until another member has received the WAL up to a position, by what it answers itself.</summary>
public sealed class CandidateWatch(IDcsReader dcs, IMemberProbe probe, IBootClock clock, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The first of <paramref name="names"/> whose position lies beyond <paramref name="position"/> (the start of a
    /// record, so that "beyond" means the record was received); null when <paramref name="bound"/> passed.
    /// </summary>
    public async Task<MemberName?> WaitForAnyBeyondAsync(
        IReadOnlyList<MemberName> names, Lsn position, TimeSpan bound, CancellationToken aborted)
    {
        var until = clock.Now + bound;
        do
        {
            if (await dcs.ReadAsync(aborted) is DcsRead.Seen { View: var view })
            {
                var members = view.Members.Where(member => names.Contains(member.Name)).ToList();
                foreach (var report in await probe.AskAsync(members, aborted))
                {
                    if (report is { IsRunning: true, IsInRecovery: true } && report.Position > position)
                    {
                        return report.Name;
                    }
                }
            }

            await Task.Delay(Pause, time, aborted);
        }
        while (clock.Now < until);

        return null;
    }
}
