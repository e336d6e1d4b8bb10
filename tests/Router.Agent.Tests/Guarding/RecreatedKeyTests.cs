using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Agent.Tests.Execution;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Ha;
using Router.Dcs;
using Router.Dcs.InMemory;
using Router.Testing;

namespace Router.Agent.Tests.Guarding;

public sealed class RecreatedKeyTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Leader_key_put_back_on_its_living_lease_goes_on_feeding_the_armed_guard()
    {
        var none = CancellationToken.None;
        var clock = new ManualBootClock();
        var dcs = new InMemoryDcs(new InMemoryStore(new ManualTime()));
        var guard = new DecidingGuard(clock);
        var leadership = new Leadership(new MemberName("a"), dcs, guard, clock, new ForgetfulMemory());
        Assert.True((await leadership.AcquireAsync(
            await ViewAsync(dcs), new Timeline(1), isOpened: true, Ttl, none)).IsSuccess);
        Assert.Equal(ArmOutcome.Armed, await leadership.ArmGuardAsync(TimeSpan.Zero, none));

        clock.Advance(Ttl / 3);
        _ = await dcs.CommitAsync(new DcsTransaction([], [new DcsMutation.Delete(DcsKey.Leader)]), none);
        var seen = await ViewAsync(dcs);
        Assert.True((await leadership.RecreateAsync(
            seen, new HaAction.RecreateLeaderLock(AcquireBasis.Of(seen), new Timeline(1), IsOpened: true), HaSettings.Default, none))
            .IsSuccess);
        await leadership.FeedGuardAsync(TimeSpan.Zero);

        Assert.Equal(new GuardState.Armed(clock.Now + Ttl), guard.State);
    }

    [Fact]
    public async Task Emptied_store_is_filled_on_a_new_lease_that_renews_and_is_proven()
    {
        var none = CancellationToken.None;
        var clock = new ManualBootClock();
        var store = new InMemoryStore(new ManualTime());
        var dcs = new InMemoryDcs(store);
        var empty = store.Backup();
        var leadership = new Leadership(
            new MemberName("a"), dcs, new DecidingGuard(clock), clock, new ForgetfulMemory());
        Assert.True((await leadership.AcquireAsync(
            await ViewAsync(dcs), new Timeline(3), isOpened: true, Ttl, none)).IsSuccess);
        var before = leadership.State;

        clock.Advance(Ttl / 3);
        store.Restore(empty);
        Assert.True((await RecreateAsync(leadership, await ViewAsync(dcs))).IsSuccess);

        var claim = leadership.State.Claim!;
        Assert.NotEqual(before.Claim!.LeaseId, claim.LeaseId);
        Assert.Equal(before.Claim.EpochNumber, claim.EpochNumber);
        Assert.Equal(clock.Now + Ttl, leadership.State.SafeUntil);
        Assert.True((await dcs.CommitAsync(ClusterTransactions.ProveLeader(claim), none)).IsOk);
    }

    [Fact]
    public async Task Emptied_store_is_not_filled_after_the_lease_has_lapsed()
    {
        var clock = new ManualBootClock();
        var store = new InMemoryStore(new ManualTime());
        var dcs = new InMemoryDcs(store);
        var leadership = new Leadership(
            new MemberName("a"), dcs, new DecidingGuard(clock), clock, new ForgetfulMemory());
        Assert.True((await leadership.AcquireAsync(
            await ViewAsync(dcs), new Timeline(3), isOpened: true, Ttl, CancellationToken.None)).IsSuccess);

        clock.Advance(Ttl);
        store.Wipe();

        Assert.False((await RecreateAsync(leadership, await ViewAsync(dcs))).IsSuccess);
        Assert.True((await ViewAsync(dcs)).IsEmpty);
    }

    private static Task<ActionResult> RecreateAsync(Leadership leadership, ClusterView seen) =>
        leadership.RecreateAsync(
            seen, new HaAction.RecreateLeaderLock(AcquireBasis.Of(seen), new Timeline(3), IsOpened: true), HaSettings.Default,
            CancellationToken.None);

    /// <summary>It fired in the margin, before the lease had ended, and was disarmed once PostgreSQL had stopped.</summary>
    [Fact]
    public async Task Guard_that_fired_for_a_lease_which_is_renewed_after_all_is_known_until_the_next_acquisition()
    {
        var none = CancellationToken.None;
        var clock = new ManualBootClock();
        var dcs = new InMemoryDcs(new InMemoryStore(new ManualTime()));
        var guard = new DecidingGuard(clock);
        var leadership = new Leadership(new MemberName("a"), dcs, guard, clock, new ForgetfulMemory());
        _ = await leadership.AcquireAsync(await ViewAsync(dcs), new Timeline(1), isOpened: true, Ttl, none);
        _ = await leadership.ArmGuardAsync(Ttl / 10, none);

        clock.Advance(Ttl - (Ttl / 20));
        _ = await guard.DisarmAsync(DisarmReason.Stopped, none);
        Assert.Equal(new GuardState.Disarmed(), guard.State);
        Assert.False(leadership.State.IsGuardLatched);
        Assert.Equal(ArmOutcome.Latched, await leadership.ArmGuardAsync(Ttl / 10, none));
        Assert.True(leadership.State.IsGuardLatched);

        Assert.True((await leadership.ReleaseAsync(none)).IsSuccess);
        Assert.False(leadership.State.IsGuardLatched);
        _ = await leadership.AcquireAsync(await ViewAsync(dcs), new Timeline(2), isOpened: true, Ttl, none);
        Assert.Equal(ArmOutcome.Armed, await leadership.ArmGuardAsync(Ttl / 10, none));
        Assert.False(leadership.State.IsGuardLatched);
    }

    [Fact]
    public async Task Adopted_leadership_feeds_the_guard_with_its_proof()
    {
        var none = CancellationToken.None;
        var clock = new ManualBootClock();
        var dcs = new InMemoryDcs(new InMemoryStore(new ManualTime()));
        var guard = new DecidingGuard(clock);
        var memory = new KeptMemory();
        var former = new Leadership(new MemberName("a"), dcs, guard, clock, memory);
        _ = await former.AcquireAsync(await ViewAsync(dcs), new Timeline(1), isOpened: true, Ttl, none);
        Assert.Equal(ArmOutcome.Armed, await former.ArmGuardAsync(TimeSpan.Zero, none));

        clock.Advance(Ttl / 3);
        Assert.True(await new Leadership(new MemberName("a"), dcs, guard, clock, memory).AdoptAsync(TimeSpan.Zero, none));

        Assert.Equal(new GuardState.Armed(clock.Now + Ttl), guard.State);
    }

    private static async Task<ClusterView> ViewAsync(InMemoryDcs dcs) =>
        Assert.IsType<DcsRead.Seen>(await dcs.ReadAsync(CancellationToken.None)).View;

    /// <summary>The guard's decision without its process.</summary>
    private sealed class DecidingGuard(ManualBootClock clock) : IGuard
    {
        private GuardMemory _memory;

        public GuardState State => _memory.Duty switch
        {
            GuardDuty.Armed => new GuardState.Armed(_memory.Deadline),
            GuardDuty.Fired => new GuardState.Fired(),
            _ => new GuardState.Disarmed(),
        };

        public Task<ArmOutcome> ArmAsync(BootTime deadline, Acquisition acquisition, CancellationToken stopping) =>
            Task.FromResult(Turn(GuardEvent.Arm(clock.Now, deadline, acquisition)) == GuardAnswer.Armed
                ? ArmOutcome.Armed
                : ArmOutcome.Latched);

        public ValueTask FeedAsync(BootTime deadline, Acquisition acquisition)
        {
            _ = Turn(GuardEvent.Feed(clock.Now, deadline, acquisition));
            return ValueTask.CompletedTask;
        }

        public Task<DisarmOutcome> DisarmAsync(DisarmReason reason, CancellationToken stopping) =>
            Task.FromResult(
                Turn(GuardEvent.Disarm(clock.Now, reason, InstanceSighting.Stopped)) == GuardAnswer.Disarmed
                    ? DisarmOutcome.Disarmed
                    : DisarmOutcome.PrimaryRuns);

        private GuardAnswer Turn(GuardEvent occurred)
        {
            var step = GuardPolicy.Step(_memory, occurred);
            _memory = step.Memory;
            return step.Answer;
        }
    }

    private sealed class ForgetfulMemory : IClaimMemory
    {
        public LeaderClaim? Recall() => null;

        public void Remember(LeaderClaim claim)
        {
        }

        public void Forget()
        {
        }
    }
}
