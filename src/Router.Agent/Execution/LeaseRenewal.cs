using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Execution;

/// <summary>
/// The task that keeps the leader lease alive. It waits for nothing but the store (rule S3): neither PostgreSQL nor the
/// disk nor the cycle can hold it up. Only a keepalive followed by the proof that the claim still stands counts as a
/// renewal (rule S1).
/// </summary>
public sealed class LeaseRenewal(
    Leadership leadership,
    Licence licence,
    IDcs dcs,
    IBootClock clock,
    TimeProvider time,
    Func<HaSettings> settings,
    Action<string> wake,
    Func<CancellationToken, Task<bool>> keepMember,
    ILogger<LeaseRenewal> logger)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StepMax = TimeSpan.FromSeconds(1);

    private BootTime _sentAt;
    private bool _isRetry;
    private TimeSpan? _wallOffset;

    /// <summary>Runs until <paramref name="aborted"/>; ends without a release.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        while (!aborted.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Pause(), time, aborted);
                await RenewIfDueAsync(aborted);
            }
            catch (OperationCanceledException) when (aborted.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>One look at the clock and, where a renewal is due and licensed, one renewal.</summary>
    public async Task RenewIfDueAsync(CancellationToken aborted)
    {
        var state = leadership.State;
        var hasStepped = HasClockStepped();
        if (state is not { Claim: { } claim, IsLapsed: false })
        {
            return;
        }

        var now = clock.Now;
        var ttl = settings().Ttl;
        if (now >= state.SafeUntil)
        {
            ExecutionLog.LeaseLapsed(logger);
            leadership.Lapse(claim);
            wake("the lease has run out");
            return;
        }

        // Every ttl/4 at most (rule S12); at once after a step of the clocks (rule S2).
        var isDue = _isRetry || hasStepped || now - _sentAt >= ttl / 4;
        if (isDue && licence.IsValid(now, ttl))
        {
            await RenewAsync(claim, aborted);
        }
    }

    private async Task RenewAsync(LeaderClaim claim, CancellationToken aborted)
    {
        var sentAt = clock.Now;
        _sentAt = sentAt;
        _isRetry = false;

        // First the member key: as long as the lock's lease may be safe, the key says that this member lives. Who races
        // for a lock that vanished early waits for it (LeaderRace.SilentLeader).
        if (!await keepMember(aborted))
        {
            ExecutionLog.RenewalUnanswered(logger, "the member key was not renewed");
            _isRetry = true;
            return;
        }

        var kept = await dcs.KeepAliveAsync(claim.LeaseId, aborted);
        if (kept.Outcome == WriteOutcome.Conflict)
        {
            // The key is gone with it, perhaps taken by another. Until its safe time ends the claim is no worse than after
            // a deleted key: the cycle reads and decides.
            ExecutionLog.LeaseGone(logger, claim.LeaseId);
            wake("the store does not know the lease any more");
            _isRetry = true;
            return;
        }

        var proof = kept.Outcome == WriteOutcome.Ok
            ? await dcs.CommitAsync(ClusterTransactions.ProveLeader(claim), aborted)
            : new CommitAnswer(WriteOutcome.Unknown, Revision.Absent, kept.Reason);
        switch (proof.Outcome)
        {
            case WriteOutcome.Ok:
                leadership.Prolong(claim, sentAt + kept.Ttl);
                await leadership.FeedGuardAsync(settings().FenceMargin);
                break;
            case WriteOutcome.Conflict:
                // Deleted, taken by another, or written anew by ourselves meanwhile: the cycle reads and decides.
                if (leadership.State.Claim == claim)
                {
                    ExecutionLog.ProofFailed(logger, claim.LeaseId);
                    wake("the leader key is not as I wrote it");
                }

                _isRetry = true;
                break;
            default:
                ExecutionLog.RenewalUnanswered(logger, proof.Reason ?? "no answer");
                _isRetry = true;
                break;
        }
    }

    /// <summary>True once after the wall clock moved against CLOCK_BOOTTIME: the machine may have been asleep.</summary>
    private bool HasClockStepped()
    {
        var offset = time.GetUtcNow() - DateTimeOffset.UnixEpoch - clock.Now.SinceBoot;
        var before = _wallOffset;
        _wallOffset = offset;
        return before is { } known && (offset - known).Duration() > StepMax;
    }

    private TimeSpan Pause()
    {
        var quarter = settings().Ttl / 16;
        return quarter < Tick ? quarter : Tick;
    }
}
