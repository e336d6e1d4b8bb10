using System.Globalization;
using Router.Agent.Api;
using Router.Agent.Operations;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Dcs;

namespace Router.Agent.Reporting;

/// <summary>
/// Owner of this member's own key and of the lease that it hangs on. A lease apart from the leader's: a member that
/// must not renew its leadership still tells that it is alive.
/// </summary>
public sealed class MemberPublisher(IDcs dcs, IBootClock clock, LiveOptions options)
{
    private long _leaseId;
    private BootTime _renewedAt;
    private TimeSpan _ttl;
    private MemberReport? _published;

    /// <summary>
    /// Renews the lease where a third of it has passed and writes the key where it changed or is missing.
    /// </summary>
    public async Task PublishAsync(
        ClusterView? view, LocalState local, HaSettings settings, RestartSchedule? scheduled, CancellationToken aborted)
    {
        if (!await KeepLeaseAsync(settings.Ttl, aborted))
        {
            return;
        }

        var report = ReportOf(local, settings, scheduled);
        var isMissing = view is not null && view.Find(local.Name) is null or { IsUnreadable: true };
        if (!isMissing && report == _published)
        {
            return;
        }

        var answer = await dcs.CommitAsync(ClusterTransactions.PutMember(local.Name, report, _leaseId), aborted);
        if (answer.IsOk)
        {
            _published = report;
        }
        else if (answer.Outcome == WriteOutcome.Conflict)
        {
            // The store forgot the lease. What it forgot with it others miss now: a new one at once, and one try.
            _leaseId = 0;
            if (await KeepLeaseAsync(settings.Ttl, aborted)
                && (await dcs.CommitAsync(
                    ClusterTransactions.PutMember(local.Name, report, _leaseId), aborted)).IsOk)
            {
                _published = report;
            }
        }
    }

    /// <summary>
    /// For the renewal of the lock, which runs beside the cycle: renews the member key's lease. False where the store
    /// did not answer; a lease that is gone is the cycle's to replace.
    /// </summary>
    public async Task<bool> KeepAliveAsync(CancellationToken aborted)
    {
        var leaseId = Volatile.Read(ref _leaseId);
        return leaseId == 0 || (await dcs.KeepAliveAsync(leaseId, aborted)).Outcome != WriteOutcome.Unknown;
    }

    /// <summary>Says <c>stopped</c> for good: the last word of a clean end.</summary>
    public async Task FarewellAsync(LocalState local, HaSettings settings, CancellationToken aborted)
    {
        if (_leaseId != 0)
        {
            var report = ReportOf(local, settings, null);
            await dcs.CommitAsync(ClusterTransactions.PutMember(local.Name, report, _leaseId), aborted);
        }
    }

    private async Task<bool> KeepLeaseAsync(TimeSpan ttl, CancellationToken aborted)
    {
        var now = clock.Now;
        if (_leaseId != 0 && ttl == _ttl)
        {
            if (now - _renewedAt < ttl / 3)
            {
                return true;
            }

            var kept = await dcs.KeepAliveAsync(_leaseId, aborted);
            switch (kept.Outcome)
            {
                case WriteOutcome.Ok:
                    _renewedAt = now;
                    return true;
                case WriteOutcome.Unknown:
                    return false;
            }
        }

        var granted = await dcs.GrantLeaseAsync(ttl, aborted);
        if (granted.Outcome != WriteOutcome.Ok)
        {
            return false;
        }

        (_leaseId, _renewedAt, _ttl, _published) = (granted.LeaseId, now, ttl, null);
        return true;
    }

    private MemberReport ReportOf(LocalState local, HaSettings settings, RestartSchedule? scheduled)
    {
        var (own, postgres) = (options.Now, local.Postgres);
        var isRunning = postgres.State == PostgresState.Running;
        var isStandby = isRunning && postgres.IsInRecovery;
        return new MemberReport
        {
            ConnUrl = own.ConnUrl,
            ApiUrl = own.ApiUrl,
            ProxyUrl = own.ProxyUrl,
            State = PublishedState.StateOf(local),
            Role = RoleOf(PublishedState.RoleOf(local)),
            Version = AgentVersion.Compatible,
            Tags = (local.RequestedOperation is null || postgres.IsPrimary ? local.Tags : local.Tags.ToLeaving())
                .Published.ToEquatableList(),
            AwaitsCheckpointAfterPromote = CheckpointAfterPromote.IsAwaited(postgres),
            PendingRestart = postgres.PendingRestart.Count > 0,
            PendingRestartReasons = postgres.PendingRestart
                .Select(p => new PendingRestartReason(p.Name, p.OldValue, p.NewValue)).ToEquatableList(),
            XlogLocation = isRunning ? postgres.Position : null,
            ReceiveLsn = isStandby && postgres.ReceiveLsn > Lsn.Zero ? postgres.ReceiveLsn : null,
            ReplayLsn = isStandby && postgres.ReplayLsn > Lsn.Zero ? postgres.ReplayLsn : null,
            ReplicationState = isStandby ? postgres.ReplicationState : null,
            Timeline = isRunning ? postgres.Timeline : Timeline.Unknown,
            ScheduledRestart = scheduled is null ? null : Written(scheduled),
            Pause = settings.Pause,
        };
    }

    private static ScheduledRestart Written(RestartSchedule restart) => new(
        restart.At,
        restart.PostmasterStartTime?.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture) ?? "",
        restart.Filter.Role,
        restart.Filter.PostgresVersion,
        restart.Filter.IsPendingOnly ? true : null,
        restart.Filter.Timeout is { } timeout ? (int)timeout.TotalSeconds : null);

    private static MemberRole RoleOf(string role) => role switch
    {
        "primary" => MemberRole.Primary,
        "replica" => MemberRole.Replica,
        "standby_leader" => MemberRole.StandbyLeader,
        "demoted" => MemberRole.Demoted,
        "promoted" => MemberRole.Promoted,
        _ => MemberRole.Uninitialized,
    };
}
