using Router.Cluster;
using Router.Dcs.InMemory;
using Router.Testing;

namespace Router.Dcs.Tests.InMemory;

public sealed class InMemoryDcsTests : DcsContract
{
    private readonly ManualTime _time = new();
    private readonly InMemoryStore _store;

    public InMemoryDcsTests()
    {
        _store = new InMemoryStore(_time);
    }

    protected override TimeSpan ShortTtl => TimeSpan.FromSeconds(2);

    private InMemoryDcs Client => (InMemoryDcs)One;

    [Fact]
    public void Calls_without_a_fault_are_complete_when_they_return()
    {
        Assert.True(One.ReadAsync(Aborted).IsCompletedSuccessfully);
        Assert.True(One.GrantLeaseAsync(LongTtl, Aborted).IsCompletedSuccessfully);
        Assert.True(One.CommitAsync(ClusterTransactions.RaceInitialize(), Aborted).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Keepalive_moves_the_end_of_the_lease()
    {
        var lease = await GrantAsync(One, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(WriteOutcome.Ok, (await One.KeepAliveAsync(lease, Aborted)).Outcome);

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(WriteOutcome.Ok, (await One.KeepAliveAsync(lease, Aborted)).Outcome);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(WriteOutcome.Conflict, (await One.KeepAliveAsync(lease, Aborted)).Outcome);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task Lost_reply_is_unknown_although_the_write_happened()
    {
        Client.Faults = new InMemoryFaults { LosesReplies = true };
        var commit = One.CommitAsync(ClusterTransactions.RaceInitialize(), Aborted);
        Assert.False(commit.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(WriteOutcome.Unknown, (await commit).Outcome);
        Assert.NotNull((await SeeAsync(Two)).Initialize.Value);
    }

    [Fact]
    public async Task Request_that_outlives_its_caller_still_takes_effect()
    {
        Client.Faults = new InMemoryFaults { RequestDelay = TimeSpan.FromSeconds(3) };
        var commit = One.CommitAsync(ClusterTransactions.RaceInitialize(), Aborted);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(WriteOutcome.Unknown, (await commit).Outcome);
        Assert.True((await SeeAsync(Two)).Initialize.IsAbsent);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await SeeAsync(Two)).Initialize.Value);
    }

    [Fact]
    public async Task Unreachable_client_writes_nothing_and_its_neighbour_works()
    {
        Client.Faults = new InMemoryFaults { IsUnreachable = true };
        var read = One.ReadAsync(Aborted);
        var lease = One.GrantLeaseAsync(LongTtl, Aborted);

        _time.Advance(TimeSpan.FromSeconds(1));

        _ = Assert.IsType<DcsRead.Unreachable>(await read);
        Assert.Equal(WriteOutcome.Unknown, (await lease).Outcome);
        Assert.True((await SeeAsync(Two)).IsEmpty);
    }

    [Fact]
    public async Task Watch_says_when_it_loses_sight_and_when_it_sees_again()
    {
        await using var watch = One.WatchAsync(Aborted).GetAsyncEnumerator(Aborted);
        _ = await NextAsync(watch);

        Client.Faults = new InMemoryFaults { IsUnreachable = true };
        _ = Assert.IsType<DcsRead.Unreachable>(await NextReadAsync(watch));
        await PutAsync(Two, DcsKey.Config, """{"ttl":40}""");
        Client.Faults = InMemoryFaults.None;

        Assert.NotNull((await NextAsync(watch)).Config.Value);
    }

    [Fact]
    public async Task Restored_backup_is_a_new_incarnation()
    {
        var backup = _store.Backup();
        var claim = await AcquireAsync(One, A);
        Assert.Equal(0, (await SeeAsync(One)).Incarnation);

        _store.Restore(backup);

        var view = await SeeAsync(One);
        Assert.Equal(1, view.Incarnation);
        Assert.True(view.Leader.IsAbsent);
        Assert.Equal(WriteOutcome.Conflict, (await One.KeepAliveAsync(claim.LeaseId, Aborted)).Outcome);
        Assert.Equal(1, (await SeeAsync(One)).Incarnation);
    }

    [Fact]
    public async Task Spurious_revoke_takes_the_lock()
    {
        var claim = await AcquireAsync(One, A);

        Assert.True(_store.Revoke(claim.LeaseId));

        Assert.True((await SeeAsync(Two)).Leader.IsAbsent);
        Assert.Equal(WriteOutcome.Conflict, (await ProveAsync(One, claim)).Outcome);
    }

    [Fact]
    public async Task Same_steps_give_the_same_history()
    {
        Assert.Equal(await HistoryAsync(), await HistoryAsync());
    }

    protected override Task<IDcs> ConnectAsync() => Task.FromResult<IDcs>(new InMemoryDcs(_store));

    protected override Task TickAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return Task.CompletedTask;
    }

    protected override Task CompactAsync()
    {
        _store.Compact();
        return Task.CompletedTask;
    }

    private static async Task<string> HistoryAsync()
    {
        var time = new ManualTime();
        var store = new InMemoryStore(time);
        await using var one = new InMemoryDcs(store);
        await using var two = new InMemoryDcs(store) { Faults = new InMemoryFaults { ReplyDelay = TimeSpan.FromSeconds(0.3) } };
        var lines = new List<string>();
        var read = two.ReadAsync(CancellationToken.None);
        for (var step = 0; step < 30; step++)
        {
            var lease = await one.GrantLeaseAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
            var seen = Assert.IsType<DcsRead.Seen>(await one.ReadAsync(CancellationToken.None)).View;
            var answer = await one.CommitAsync(
                ClusterTransactions.AcquireLeader(seen, A, lease.LeaseId, new Timeline(1)), CancellationToken.None);
            lines.Add($"{step} {lease.LeaseId} {answer.Outcome} {answer.Revision} {read.IsCompleted}");
            time.Advance(TimeSpan.FromSeconds(0.7));
        }

        return string.Join('\n', lines);
    }
}
