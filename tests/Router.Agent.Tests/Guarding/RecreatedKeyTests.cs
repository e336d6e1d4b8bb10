using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;
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
        Assert.True((await leadership.RecreateAsync(await ViewAsync(dcs), none)).IsSuccess);
        await leadership.FeedGuardAsync(TimeSpan.Zero);

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
            throw new NotSupportedException("nothing here disarms");

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
