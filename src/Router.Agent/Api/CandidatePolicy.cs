using System.Globalization;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Api;

/// <summary>Whether somebody could take over now, from what the candidates answered just before.</summary>
internal static class CandidatePolicy
{
    /// <summary>
    /// Null: at least one candidate is good. Otherwise why none is. A switchover loses nothing (rule S8), so a
    /// candidate too far behind is refused before writes are stopped for it; a manual failover asks nobody's lag.
    /// </summary>
    /// <param name="order">What was asked.</param>
    /// <param name="reports">The answers of <see cref="SwitchoverOrder.Candidates"/>.</param>
    /// <param name="leaderPosition">How far the leader has written.</param>
    /// <param name="settings">maximum_lag_on_failover.</param>
    public static string? WhyNone(
        SwitchoverOrder order, IReadOnlyCollection<PeerReport> reports, Lsn leaderPosition, HaSettings settings)
    {
        var reasons = new List<string>();
        foreach (var candidate in order.Candidates)
        {
            var report = reports.FirstOrDefault(report => report.Name == candidate.Name);
            var reason = WhyNot(order, report, leaderPosition, settings);
            if (reason is null)
            {
                return null;
            }

            reasons.Add($"{candidate.Name} {reason}");
        }

        return string.Join(", ", reasons);
    }

    private static string? WhyNot(
        SwitchoverOrder order, PeerReport? report, Lsn leaderPosition, HaSettings settings)
    {
        switch (report)
        {
            case null or { IsRunning: false }:
                return "is not reachable";
            case { Tags.MayFailover: false }:
                return "is not allowed to promote";
            case { WatchdogFailed: true }:
                return "is not watchdog capable";
        }

        var lag = leaderPosition.LagBytes(report.Position);
        return order.Action == "switchover" && lag > settings.MaximumLagOnFailoverBytes
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"is {lag} bytes behind, more than maximum_lag_on_failover {settings.MaximumLagOnFailoverBytes}")
            : null;
    }
}
