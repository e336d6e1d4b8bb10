using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Dcs;

namespace Router.Agent.Execution;

/// <summary>
/// Owner of this member's claim to the leader lock. Acquired, opened and released by the cycle; renewed and declared
/// lapsed by the renewal; each change is one exchange of an immutable state, which fails where the claim it was made
/// for is no longer the present one.
/// </summary>
public sealed class Leadership(MemberName name, IDcs dcs, IGuard guard, IBootClock clock, IClaimMemory memory)
{
    private LeadershipState _state = LeadershipState.None;

    /// <summary>The state now; immutable.</summary>
    public LeadershipState State => Volatile.Read(ref _state);

    /// <summary>The fact for decisions.</summary>
    public LeaseState Lease => State switch
    {
        { IsLapsed: true } => new LeaseState.Lapsed(),
        { Claim: { } claim } state => new LeaseState.Held(claim.EpochNumber, state.IsEpochOpened, state.SafeUntil),
        _ => new LeaseState.None(),
    };

    /// <summary>What the guard's latch compares; null without a claim.</summary>
    public Acquisition? Acquisition => State.Claim is { } claim ? Of(claim) : null;

    /// <summary>
    /// Proves a claim of an earlier process of this agent. It never lapsed if all of it still stands in the store. The
    /// guard hears of the proof at once: its deadline is near after an agent was away.
    /// </summary>
    public async Task<bool> AdoptAsync(TimeSpan margin, CancellationToken aborted)
    {
        if (memory.Recall() is not { } claim || claim.Holder != name)
        {
            return false;
        }

        var sentAt = clock.Now;
        var kept = await dcs.KeepAliveAsync(claim.LeaseId, aborted);
        var proof = kept.Outcome == WriteOutcome.Ok
            ? await dcs.CommitAsync(ClusterTransactions.ProveLeader(claim), aborted)
            : new CommitAnswer(kept.Outcome, Revision.Absent, kept.Reason);
        if (!proof.IsOk)
        {
            if (proof.Outcome == WriteOutcome.Conflict)
            {
                memory.Forget();
            }

            return false;
        }

        // Opened or not is read from the store by the next cycle; saying "opened" here bars nobody wrongly.
        Volatile.Write(ref _state, new LeadershipState(claim, sentAt + kept.Ttl, IsEpochOpened: true, IsLapsed: false));
        await FeedGuardAsync(margin);
        return true;
    }

    /// <summary>The acquire transaction on a fresh lease (rule S5).</summary>
    /// <param name="seen">The view that the decision was made of.</param>
    /// <param name="timeline">What the promotion creates, or what a running primary is on.</param>
    /// <param name="isOpened">The instance runs as primary on that timeline already.</param>
    /// <param name="ttl">Of the lease; the store may answer more.</param>
    /// <param name="aborted">Ends the wait for the store.</param>
    public async Task<ActionResult> AcquireAsync(
        ClusterView seen, Timeline timeline, bool isOpened, TimeSpan ttl, CancellationToken aborted)
    {
        var sentAt = clock.Now;
        var lease = await dcs.GrantLeaseAsync(ttl, aborted);
        if (lease.Outcome != WriteOutcome.Ok)
        {
            return ActionResult.Failed($"the store granted no lease: {lease.Reason}");
        }

        var answer = await dcs.CommitAsync(
            ClusterTransactions.AcquireLeader(seen, name, lease.LeaseId, timeline, isOpened), aborted);
        if (!answer.IsOk)
        {
            // After "unknown" the key may stand on this lease: taking the lease back takes the key with it.
            await dcs.RevokeLeaseAsync(lease.LeaseId, aborted);
            return ActionResult.Failed(answer.Outcome == WriteOutcome.Conflict
                ? "another member was faster, or the cluster changed meanwhile"
                : $"no answer to the acquisition: {answer.Reason}");
        }

        var claim = ClusterTransactions.ClaimAcquired(seen, name, lease.LeaseId, answer.Revision);
        memory.Remember(claim);
        Volatile.Write(ref _state, new LeadershipState(claim, sentAt + lease.Ttl, isOpened, IsLapsed: false));
        return ActionResult.Done($"acquired the leader lock, epoch {claim.EpochNumber}");
    }

    /// <summary>
    /// Puts the lost key back by a claim that never lapsed (rule S4): on its own lease, or on a new one where the store
    /// forgot it together with the key.
    /// </summary>
    public async Task<ActionResult> RecreateAsync(
        ClusterView seen, HaAction.RecreateLeaderLock action, HaSettings settings, CancellationToken aborted)
    {
        if (State is not { Claim: { } claim, IsLapsed: false } before || clock.Now >= before.SafeUntil)
        {
            return ActionResult.Failed("the lease has lapsed: no claim to the leader key");
        }

        if (!seen.Leader.IsAbsent)
        {
            var cleared = await dcs.CommitAsync(ClusterTransactions.ClearVacantLeader(seen), aborted);
            return cleared.IsOk
                ? ActionResult.Done("deleted a leader key that was nobody's lock")
                : ActionResult.Failed("the leader key changed meanwhile, or the store did not answer");
        }

        if (!ClusterTransactions.IsEpochOf(claim, seen) && !action.Timeline.IsKnown)
        {
            return ActionResult.Failed("the epoch key is lost too, and my timeline is not known yet");
        }

        var sentAt = clock.Now;
        var lease = await dcs.KeepAliveAsync(claim.LeaseId, aborted);
        if (lease.Outcome == WriteOutcome.Conflict)
        {
            lease = await dcs.GrantLeaseAsync(settings.Ttl, aborted);
        }

        if (lease.Outcome != WriteOutcome.Ok)
        {
            return ActionResult.Failed($"no lease for the leader key: {lease.Reason}");
        }

        // A store that is slow must not take the time that an orderly stop needs: the cycle waits for this.
        if (clock.Now >= before.SafeUntil - settings.FenceMargin - LeaseBudget.StopBudget(settings))
        {
            return ActionResult.Failed("my lease ends: no time is left to put the leader key back");
        }

        var answer = await dcs.CommitAsync(
            ClusterTransactions.RecreateLeader(claim, seen, lease.LeaseId, action.Timeline, action.IsOpened), aborted);
        var next = ClusterTransactions.ClaimRecreated(claim, seen, lease.LeaseId, answer.Revision);
        var isOpened = ClusterTransactions.IsEpochOf(claim, seen) ? before.IsEpochOpened : action.IsOpened;
        if (answer.IsOk && clock.Now < before.SafeUntil
            && Exchange(before, new LeadershipState(next, sentAt + lease.Ttl, isOpened, IsLapsed: false)))
        {
            memory.Remember(next);
            return ActionResult.Done("put the lost leader key back");
        }

        if (lease.LeaseId != claim.LeaseId)
        {
            // After "unknown" the key may stand on the new lease: it goes with it.
            await dcs.RevokeLeaseAsync(lease.LeaseId, aborted);
        }

        return ActionResult.Failed(answer.IsOk
            ? "the leader key is back, but the claim lapsed meanwhile"
            : "the leader key was not put back: " + (answer.Reason ?? "the cluster changed meanwhile"));
    }

    /// <summary>Writes the epoch key anew under the lock that stands.</summary>
    public Task<ActionResult> RestoreEpochAsync(HaAction.RestoreEpoch action, CancellationToken aborted) =>
        WriteEpochAsync(
            claim => ClusterTransactions.RestoreEpoch(claim, action.Seen, action.Timeline, action.IsOpened),
            action.Timeline, action.IsOpened, aborted);

    /// <summary>
    /// Notes in the epoch key whether this claim's timeline may have accepted writes. Opened before promote; taken back
    /// only by the holder that has seen its instance still in recovery.
    /// </summary>
    public Task<ActionResult> NoteEpochAsync(Timeline timeline, bool isOpened, CancellationToken aborted) =>
        WriteEpochAsync(claim => ClusterTransactions.NoteEpoch(claim, timeline, isOpened), timeline, isOpened, aborted);

    private async Task<ActionResult> WriteEpochAsync(
        Func<LeaderClaim, DcsTransaction> transaction, Timeline timeline, bool isOpened, CancellationToken aborted)
    {
        if (State is not { Claim: { } claim } before)
        {
            return ActionResult.Failed("no claim to the leader lock");
        }

        var answer = await dcs.CommitAsync(transaction(claim), aborted);
        if (!answer.IsOk)
        {
            return ActionResult.Failed("the epoch was not noted: " + (answer.Reason ?? "the lock is gone"));
        }

        var next = claim with { EpochRevision = answer.Revision };
        memory.Remember(next);
        var current = State;
        return current.Claim == claim && Exchange(current, current with { Claim = next, IsEpochOpened = isOpened })
            ? ActionResult.Done($"epoch {claim.EpochNumber} {(isOpened ? "opened" : "closed")} on timeline {timeline}")
            : ActionResult.Failed("the claim changed meanwhile");
    }

    /// <summary>Deletes one's own key. The caller has seen the instance stopped or in recovery.</summary>
    public async Task<ActionResult> ReleaseAsync(CancellationToken aborted)
    {
        if (State.Claim is not { } claim)
        {
            return ActionResult.Done("no lock to release");
        }

        var answer = await dcs.CommitAsync(ClusterTransactions.ReleaseLeader(claim), aborted);
        if (answer.Outcome == WriteOutcome.Unknown)
        {
            return ActionResult.Failed($"no answer to the release: {answer.Reason}");
        }

        // The leader key was the lease's only one.
        await dcs.RevokeLeaseAsync(claim.LeaseId, aborted);
        Forget();
        return ActionResult.Done("released the leader lock");
    }

    /// <summary>Whether the store says at this moment that the claim stands.</summary>
    public async Task<bool> IsProvenAsync(CancellationToken aborted) =>
        State is { Claim: { } claim, IsLapsed: false }
        && (await dcs.CommitAsync(ClusterTransactions.ProveLeader(claim), aborted)).IsOk;

    /// <summary>A renewal was proven: the lease is safe until the TTL counted from before it was sent.</summary>
    public void Prolong(LeaderClaim claim, BootTime safeUntil)
    {
        var before = State;
        if (before.Claim == claim && !before.IsLapsed && safeUntil > before.SafeUntil)
        {
            Exchange(before, before with { SafeUntil = safeUntil });
        }
    }

    /// <summary>The claim is gone: no renewal counts any more, whatever the store answers later.</summary>
    public void Lapse(LeaderClaim claim)
    {
        var before = State;
        if (before.Claim?.LeaseId == claim.LeaseId)
        {
            Exchange(before, before with { IsLapsed = true });
            memory.Forget();
        }
    }

    /// <summary>The instance was seen stopped or in recovery: nothing is left of a lapsed claim.</summary>
    public void Forget()
    {
        Volatile.Write(ref _state, LeadershipState.None);
        memory.Forget();
    }

    private bool Exchange(LeadershipState before, LeadershipState after) =>
        ReferenceEquals(Interlocked.CompareExchange(ref _state, after, before), before);

    /// <summary>Arms the guard for the present claim.</summary>
    public async Task<ArmOutcome> ArmGuardAsync(TimeSpan margin, CancellationToken stopping)
    {
        if (State is not { Claim: { } claim } state)
        {
            return ArmOutcome.DeadlinePast;
        }

        var outcome = await guard.ArmAsync(state.SafeUntil - margin, Of(claim), stopping);
        if (outcome == ArmOutcome.Latched)
        {
            NoteLatch(claim);
        }

        return outcome;
    }

    /// <summary>Arms the guard for the present claim, or says why PostgreSQL may not run as primary.</summary>
    public async Task<ActionResult> MustArmGuardAsync(TimeSpan margin, GuardMode mode, CancellationToken stopping) =>
        await ArmGuardAsync(margin, stopping) switch
        {
            ArmOutcome.Armed => ActionResult.Done("the guard is armed"),
            ArmOutcome.NoGuard when mode != GuardMode.Required => ActionResult.Done("no guard answers"),
            ArmOutcome.NoGuard => ActionResult.Failed("no guard answers, and this member requires one"),
            ArmOutcome.DeadlinePast => ActionResult.Failed("the lease's safe time has passed"),
            _ => ActionResult.Failed("the guard has fenced this leadership; a new one is needed"),
        };

    /// <summary>A renewal may change the state at the same time.</summary>
    private void NoteLatch(LeaderClaim claim)
    {
        LeadershipState before;
        do
        {
            before = State;
        }
        while (before.Claim == claim && !Exchange(before, before with { IsGuardLatched = true }));
    }

    /// <summary>Hands the guard the present deadline after a renewal.</summary>
    public ValueTask FeedGuardAsync(TimeSpan margin) =>
        State is { Claim: { } claim, IsLapsed: false } state
            ? guard.FeedAsync(state.SafeUntil - margin, Of(claim))
            : ValueTask.CompletedTask;

    private static Acquisition Of(LeaderClaim claim) => new(claim.EpochNumber, claim.LeaseId);
}
