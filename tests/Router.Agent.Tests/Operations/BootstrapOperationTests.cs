using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Agent.Operations;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Local;
using Router.Dcs;
using Router.Dcs.InMemory;
using Router.Testing;

namespace Router.Agent.Tests.Operations;

public sealed class BootstrapOperationTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly HaSettings Settings = HaSettings.Default;
    private static readonly SystemIdentifier Identifier = new(7711170303901652206);

    private readonly ManualTime _time = new();
    private readonly InMemoryDcs _dcs;
    private readonly StubInstance _instance = new()
    {
        Facts = new PostgresFacts
        {
            DataDirectory = DataDirectoryState.Valid,
            State = PostgresState.Running,
            Control = new ControlFile(
                "in production", Identifier, new Timeline(1), new Lsn(0x100), Lsn.Zero, Timeline.Unknown),
        },
    };

    public BootstrapOperationTests()
    {
        _dcs = new InMemoryDcs(new InMemoryStore(_time));
    }

    [Theory]
    [InlineData(GuardMode.Required, ArmOutcome.Armed, true)]
    [InlineData(GuardMode.Required, ArmOutcome.NoGuard, false)]
    [InlineData(GuardMode.Automatic, ArmOutcome.NoGuard, true)]
    [InlineData(GuardMode.Automatic, ArmOutcome.Latched, false)]
    [InlineData(GuardMode.Automatic, ArmOutcome.DeadlinePast, false)]
    public async Task New_cluster_needs_its_guard_armed_or_is_undone(GuardMode mode, ArmOutcome outcome, bool isMade)
    {
        var result = await RunAsync(mode, outcome);

        Assert.Equal(isMade, result.IsSuccess);
        var view = await ViewAsync();
        Assert.Equal(isMade ? Identifier : null, view.Initialize.Value?.Identifier);
        Assert.Equal(isMade, view.IsLockedBy(ClusterViews.A));
        Assert.Equal(isMade ? ["bootstrap"] : ["bootstrap", "fence", "set aside"], _instance.Done);
    }

    [Fact]
    public async Task Race_is_open_again_once_its_winner_is_dead()
    {
        _ = await RaceAsync();
        Assert.False((await ViewAsync()).Initialize.IsAbsent);

        _time.Advance(2 * Settings.Ttl);

        Assert.True((await ViewAsync()).Initialize.IsAbsent);
    }

    [Fact]
    public async Task Made_cluster_outlives_the_lease_of_its_race()
    {
        Assert.True((await RunAsync(GuardMode.Automatic, ArmOutcome.Armed)).IsSuccess);

        _time.Advance(2 * Settings.Ttl);

        Assert.Equal(Identifier, (await ViewAsync()).Initialize.Value?.Identifier);
    }

    [Fact]
    public async Task Bootstrap_whose_race_ran_out_gives_way_to_the_next_one()
    {
        _instance.Bootstrapping = async () =>
        {
            // Frozen for so long that its lease is gone and another member races.
            _ = await _dcs.CommitAsync(new DcsTransaction([], [new DcsMutation.Delete(DcsKey.Initialize)]), None);
            _ = await _dcs.CommitAsync(ClusterTransactions.RaceInitialize(), None);
        };

        var result = await RunAsync(GuardMode.Automatic, ArmOutcome.Armed);

        Assert.False(result.IsSuccess);
        var view = await ViewAsync();
        Assert.False(view.Initialize.IsAbsent);
        Assert.Null(view.Initialize.Value!.Identifier);
        Assert.True(view.Leader.IsAbsent);
        Assert.Equal(["bootstrap", "fence", "set aside"], _instance.Done);
    }

    private async Task<ActionResult> RunAsync(GuardMode mode, ArmOutcome outcome)
    {
        var raced = await RaceAsync();
        var leadership = new Leadership(
            ClusterViews.A, _dcs, new AnsweringGuard(outcome), new ManualBootClock(), new NoMemory());
        var options = new AgentOptions
        {
            Name = ClusterViews.A,
            Scope = "demo",
            ConnUrl = "postgres://a:5432/postgres",
            ApiUrl = "http://a:8008/patroni",
            BootstrapConfigJson = "{}",
            Guard = mode,
        };
        return await new BootstrapOperation(_instance, _dcs, leadership, options, _time).RunAsync(raced, Settings, None);
    }

    private async Task<InitializeRace> RaceAsync()
    {
        var lease = await _dcs.GrantLeaseAsync(Settings.Ttl, None);
        var answer = await _dcs.CommitAsync(ClusterTransactions.RaceInitialize(lease.LeaseId), None);
        Assert.True(answer.IsOk);
        return new InitializeRace(answer.Revision, lease.LeaseId);
    }

    private async Task<ClusterView> ViewAsync() =>
        Assert.IsType<DcsRead.Seen>(await _dcs.ReadAsync(None)).View;

    private sealed class AnsweringGuard(ArmOutcome outcome) : IGuard
    {
        public GuardState State => new GuardState.Disarmed();

        public Task<ArmOutcome> ArmAsync(BootTime deadline, Acquisition acquisition, CancellationToken stopping) =>
            Task.FromResult(outcome);

        public ValueTask FeedAsync(BootTime deadline, Acquisition acquisition) => ValueTask.CompletedTask;

        public Task<DisarmOutcome> DisarmAsync(DisarmReason reason, CancellationToken stopping) =>
            Task.FromResult(DisarmOutcome.Disarmed);
    }

    private sealed class NoMemory : IClaimMemory
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
