using System.Collections.Immutable;
using Router.Cluster;

namespace Router.Dcs.Tests;

/// <summary>What every store behind <see cref="IDcs"/> does. Time passes by <see cref="TickAsync"/> only.</summary>
public abstract class DcsContract : IAsyncLifetime
{
    protected static readonly MemberName A = new("a");
    protected static readonly MemberName B = new("b");
    protected static readonly TimeSpan LongTtl = TimeSpan.FromSeconds(60);
    private static readonly Timeline First = new(1);

    private IDcs? _one;
    private IDcs? _two;

    protected CancellationToken Aborted { get; } = CancellationToken.None;

    /// <summary>A client of the agent on member a.</summary>
    protected IDcs One => _one ?? throw new InvalidOperationException("InitializeAsync has not run.");

    /// <summary>A client of the agent on member b.</summary>
    protected IDcs Two => _two ?? throw new InvalidOperationException("InitializeAsync has not run.");

    public virtual async Task InitializeAsync()
    {
        _one = await ConnectAsync();
        _two = await ConnectAsync();
    }

    public virtual async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
    }

    /// <summary>A new client of the store under test, all of one empty scope.</summary>
    protected abstract Task<IDcs> ConnectAsync();

    /// <summary>Lets a little time pass.</summary>
    protected abstract Task TickAsync();

    /// <summary>The shortest lease that the store grants without raising it.</summary>
    protected abstract TimeSpan ShortTtl { get; }

    /// <summary>Compacts the store's history up to now.</summary>
    protected abstract Task CompactAsync();

    [Fact]
    public async Task Empty_scope_reads_as_empty()
    {
        var view = await SeeAsync(One);

        Assert.True(view.IsEmpty);
        Assert.True(view.Leader.IsAbsent);
    }

    [Fact]
    public async Task Winner_of_the_lock_is_seen_with_its_lease_and_epoch()
    {
        var claim = await AcquireAsync(One, A);

        var view = await SeeAsync(Two);
        Assert.Equal(
            new LeaderLock(A, claim.LeaseId, claim.CreateRevision, claim.CreateRevision), view.Leader.Value);
        Assert.Equal(new Epoch(1, A, First, IsOpened: false), view.Epoch.Value);
        Assert.Equal(claim, ClusterTransactions.ClaimSeen(view, A, claim.LeaseId));
        Assert.Null(ClusterTransactions.ClaimSeen(view, B, claim.LeaseId));
        Assert.Null(ClusterTransactions.ClaimSeen(view, A, claim.LeaseId + 1));
    }

    [Fact]
    public async Task Second_candidate_with_the_same_view_conflicts()
    {
        var seen = await SeeAsync(Two);
        var claim = await AcquireAsync(One, A);

        var lease = await GrantAsync(Two, LongTtl);
        var answer = await Two.CommitAsync(ClusterTransactions.AcquireLeader(seen, B, lease, First), Aborted);

        Assert.Equal(WriteOutcome.Conflict, answer.Outcome);
        Assert.Equal(claim.CreateRevision, (await SeeAsync(Two)).Leader.Value!.CreateRevision);
    }

    [Theory]
    [InlineData("sync", """{"leader":"b","quorum":0,"sync_standby":null}""")]
    [InlineData("history", "[]")]
    [InlineData("initialize", "7711170303901652206")]
    [InlineData("epoch", """{"number":4,"holder":"b","timeline":2,"opened":true}""")]
    public async Task Candidate_whose_view_is_out_of_date_conflicts(string path, string value)
    {
        var seen = await SeeAsync(One);
        await PutAsync(Two, new DcsKey(path), value);

        var lease = await GrantAsync(One, LongTtl);
        var answer = await One.CommitAsync(ClusterTransactions.AcquireLeader(seen, A, lease, First), Aborted);

        Assert.Equal(WriteOutcome.Conflict, answer.Outcome);
        Assert.True((await SeeAsync(One)).Leader.IsAbsent);
    }

    [Fact]
    public async Task Epoch_counts_on_after_a_release()
    {
        var first = await AcquireAsync(One, A);
        await MustAsync(One, ClusterTransactions.ReleaseLeader(first));

        var second = await AcquireAsync(Two, B);

        Assert.Equal(2, second.EpochNumber);
        Assert.Equal(B, (await SeeAsync(One)).Epoch.Value!.Holder);
    }

    [Fact]
    public async Task Proof_holds_for_the_claim_and_writes_nothing()
    {
        var claim = await AcquireAsync(One, A);
        var before = (await SeeAsync(One)).Revision;

        var proof = await One.CommitAsync(ClusterTransactions.ProveLeader(claim), Aborted);

        Assert.Equal(WriteOutcome.Ok, proof.Outcome);
        Assert.Equal(before, (await SeeAsync(One)).Revision);
    }

    [Fact]
    public async Task Proof_fails_after_deletion_although_the_keepalive_answers()
    {
        var claim = await AcquireAsync(One, A);
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Delete(DcsKey.Leader)]));

        Assert.Equal(WriteOutcome.Ok, (await One.KeepAliveAsync(claim.LeaseId, Aborted)).Outcome);
        Assert.Equal(WriteOutcome.Conflict, (await ProveAsync(One, claim)).Outcome);
    }

    [Fact]
    public async Task Proof_fails_when_the_key_was_taken_under_another_lease_although_the_keepalive_answers()
    {
        var claim = await AcquireAsync(One, A);
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Delete(DcsKey.Leader)]));
        var other = await GrantAsync(Two, LongTtl);
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Put(DcsKey.Leader, A.Value, other)]));

        Assert.Equal(WriteOutcome.Ok, (await One.KeepAliveAsync(claim.LeaseId, Aborted)).Outcome);
        Assert.Equal(WriteOutcome.Conflict, (await ProveAsync(One, claim)).Outcome);
    }

    [Fact]
    public async Task Opened_epoch_moves_the_claim_on()
    {
        var claim = await AcquireAsync(One, A);

        var answer = await One.CommitAsync(ClusterTransactions.NoteEpoch(claim, new Timeline(2), isOpened: true), Aborted);

        var opened = claim with { EpochRevision = answer.Revision };
        Assert.Equal(WriteOutcome.Ok, (await ProveAsync(One, opened)).Outcome);
        Assert.Equal(WriteOutcome.Conflict, (await ProveAsync(One, claim)).Outcome);
        Assert.Equal(new Epoch(1, A, new Timeline(2), IsOpened: true), (await SeeAsync(One)).Epoch.Value);
    }

    [Fact]
    public async Task Deleted_leader_key_is_put_back_by_the_one_whose_lease_lives()
    {
        var claim = await AcquireAsync(One, A);
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Delete(DcsKey.Leader)]));

        var answer = await One.CommitAsync(Recreate(claim, await SeeAsync(One)), Aborted);

        Assert.True(answer.IsOk);
        Assert.True((await ProveAsync(One, claim with { CreateRevision = answer.Revision })).IsOk);
    }

    [Fact]
    public async Task Leader_and_epoch_of_an_emptied_store_are_put_back_on_a_new_lease()
    {
        var claim = await AcquireAsync(One, A);
        await MustAsync(Two, new DcsTransaction(
            [], [new DcsMutation.Delete(DcsKey.Leader), new DcsMutation.Delete(DcsKey.Epoch)]));
        _ = await Two.RevokeLeaseAsync(claim.LeaseId, Aborted);
        var seen = await SeeAsync(One);
        var lease = await GrantAsync(One, LongTtl);

        var answer = await One.CommitAsync(
            ClusterTransactions.RecreateLeader(claim, seen, lease, new Timeline(2), isOpened: true), Aborted);

        Assert.True(answer.IsOk);
        Assert.True((await ProveAsync(One, ClusterTransactions.ClaimRecreated(claim, seen, lease, answer.Revision))).IsOk);
        Assert.Equal(
            new Epoch(claim.EpochNumber, A, new Timeline(2), IsOpened: true), (await SeeAsync(One)).Epoch.Value);
    }

    [Fact]
    public async Task Lost_epoch_is_written_anew_under_the_lock_that_stands_and_by_nobody_else()
    {
        var claim = await AcquireAsync(One, A);
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Put(DcsKey.Epoch, "garbage")]));
        var seen = (await SeeAsync(One)).Epoch.ModRevision;
        var stranger = claim with { LeaseId = claim.LeaseId + 1 };

        var refused = await One.CommitAsync(
            ClusterTransactions.RestoreEpoch(stranger, seen, new Timeline(2), isOpened: true), Aborted);
        var answer = await One.CommitAsync(
            ClusterTransactions.RestoreEpoch(claim, seen, new Timeline(2), isOpened: true), Aborted);

        Assert.Equal(WriteOutcome.Conflict, refused.Outcome);
        Assert.True((await ProveAsync(One, claim with { EpochRevision = answer.Revision })).IsOk);
    }

    [Fact]
    public async Task Vacant_leader_key_is_deleted_only_as_it_was_seen()
    {
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Put(DcsKey.Leader, " ")]));
        var seen = await SeeAsync(One);
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Put(DcsKey.Leader, "  ")]));

        Assert.Equal(
            WriteOutcome.Conflict,
            (await One.CommitAsync(ClusterTransactions.ClearVacantLeader(seen), Aborted)).Outcome);
        Assert.True((await One.CommitAsync(
            ClusterTransactions.ClearVacantLeader(await SeeAsync(One)), Aborted)).IsOk);
        Assert.True((await SeeAsync(One)).Leader.IsAbsent);
    }

    [Fact]
    public async Task Deleted_leader_key_is_not_put_back_after_somebody_else_led()
    {
        var claim = await AcquireAsync(One, A);
        await MustAsync(Two, new DcsTransaction([], [new DcsMutation.Delete(DcsKey.Leader)]));
        await MustAsync(Two, ClusterTransactions.ReleaseLeader(await AcquireAsync(Two, B)));

        var answer = await One.CommitAsync(Recreate(claim, await SeeAsync(One)), Aborted);

        Assert.Equal(WriteOutcome.Conflict, answer.Outcome);
    }

    [Fact]
    public async Task Release_of_an_old_claim_leaves_the_new_lock()
    {
        var old = await AcquireAsync(One, A);
        await MustAsync(One, ClusterTransactions.ReleaseLeader(old));
        var lease = await GrantAsync(One, LongTtl);
        var current = await AcquireAsync(One, A, lease);

        var answer = await One.CommitAsync(ClusterTransactions.ReleaseLeader(old), Aborted);

        Assert.Equal(WriteOutcome.Conflict, answer.Outcome);
        Assert.True((await ProveAsync(One, current)).IsOk);
    }

    [Fact]
    public async Task Writes_of_a_leader_that_lost_the_lock_conflict()
    {
        var claim = await AcquireAsync(One, A);
        await MustAsync(One, ClusterTransactions.ReleaseLeader(claim));
        var status = new ClusterStatus(new Lsn(5), ImmutableSortedDictionary<string, Lsn>.Empty, []);
        var sync = new SyncState(A, SyncState.EmptyStandbys, 0);

        var answers = new[]
        {
            await One.CommitAsync(ClusterTransactions.PutStatus(claim, status), Aborted),
            await One.CommitAsync(ClusterTransactions.PutSync(claim, Revision.Absent, sync), Aborted),
            await One.CommitAsync(ClusterTransactions.PutHistory(claim, Revision.Absent, new ClusterHistory([])), Aborted),
        };

        Assert.All(answers, answer => Assert.Equal(WriteOutcome.Conflict, answer.Outcome));
    }

    [Fact]
    public async Task Only_one_member_wins_the_right_to_bootstrap()
    {
        var won = await One.CommitAsync(ClusterTransactions.RaceInitialize(), Aborted);
        var lost = await Two.CommitAsync(ClusterTransactions.RaceInitialize(), Aborted);

        Assert.True(won.IsOk);
        Assert.Equal(WriteOutcome.Conflict, lost.Outcome);
        Assert.Null((await SeeAsync(Two)).Initialize.Value!.Identifier);
        Assert.True((await One.CommitAsync(ClusterTransactions.ClearInitialize(won.Revision), Aborted)).IsOk);
        Assert.True((await SeeAsync(Two)).Initialize.IsAbsent);
    }

    [Fact]
    public async Task Lease_that_runs_out_takes_leader_and_member_keys_along()
    {
        var lease = await GrantAsync(One, ShortTtl);
        _ = await AcquireAsync(One, A, lease);
        await MustAsync(One, new DcsTransaction([], [new DcsMutation.Put(DcsKey.Member(A), "{}", lease)]));

        var view = await UntilAsync(Two, seen => seen.Leader.IsAbsent);

        Assert.Empty(view.Members);
        Assert.NotNull(view.Epoch.Value);
        Assert.Equal(WriteOutcome.Conflict, (await One.KeepAliveAsync(lease, Aborted)).Outcome);
    }

    [Fact]
    public async Task Put_on_a_revoked_lease_conflicts_and_writes_nothing()
    {
        var lease = await GrantAsync(One, LongTtl);
        Assert.Equal(WriteOutcome.Ok, await One.RevokeLeaseAsync(lease, Aborted));

        var answer = await One.CommitAsync(
            new DcsTransaction(
                [],
                [new DcsMutation.Put(DcsKey.Config, "{}"), new DcsMutation.Put(DcsKey.Member(A), "{}", lease)]),
            Aborted);

        Assert.Equal(WriteOutcome.Conflict, answer.Outcome);
        Assert.True((await SeeAsync(One)).IsEmpty);
        Assert.Equal(WriteOutcome.Conflict, await One.RevokeLeaseAsync(lease, Aborted));
    }

    [Fact]
    public async Task Leader_lease_tells_what_is_left_of_it()
    {
        var claim = await AcquireAsync(One, A);
        var held = (await SeeAsync(Two)).Leader.Value!;

        var left = await Two.ReadLeaderLeaseAsync(held, Aborted);
        await MustAsync(One, ClusterTransactions.ReleaseLeader(claim));
        var gone = await Two.ReadLeaderLeaseAsync(held, Aborted);

        _ = Assert.NotNull(left);
        Assert.InRange(left.Value, TimeSpan.FromSeconds(1), LongTtl);
        Assert.Null(gone);
    }

    [Fact]
    public async Task Unreadable_keys_are_told_as_such()
    {
        await PutAsync(One, DcsKey.Config, "{broken");
        await PutAsync(One, DcsKey.Member(B), "garbage");

        var view = await SeeAsync(Two);

        Assert.True(view.Config.IsUnreadable);
        Assert.False(view.Config.IsAbsent);
        Assert.True(Assert.Single(view.Members).IsUnreadable);
    }

    [Fact]
    public async Task Watch_shows_the_present_and_then_each_change_in_order()
    {
        await using var watch = Two.WatchAsync(Aborted).GetAsyncEnumerator(Aborted);
        var first = await NextAsync(watch);
        var history = new List<ClusterView> { first };
        var claim = await AcquireAsync(One, A);
        history.Add(await NextUntilAsync(watch, view => view.Leader.Value is not null));
        await MustAsync(One, ClusterTransactions.PutConfig(Revision.Absent, """{"ttl":40}"""));
        history.Add(await NextUntilAsync(watch, view => view.Config.Value is not null));
        await MustAsync(One, ClusterTransactions.ReleaseLeader(claim));
        history.Add(await NextUntilAsync(watch, view => view.Leader.IsAbsent));

        Assert.True(first.IsEmpty);
        Assert.Equal(history.OrderBy(view => view.Revision.Value), history);
        Assert.Equal(TimeSpan.FromSeconds(40), history[^1].Config.Value!.Settings.Ttl);
        Assert.Equal((await SeeAsync(One)).Revision, history[^1].Revision);
    }

    [Fact]
    public async Task Watch_goes_on_over_a_compaction()
    {
        await using var watch = Two.WatchAsync(Aborted).GetAsyncEnumerator(Aborted);
        _ = await NextAsync(watch);
        await PutAsync(One, DcsKey.Config, """{"ttl":40}""");
        await PutAsync(One, DcsKey.Config, """{"ttl":50}""");
        await CompactAsync();
        await PutAsync(One, DcsKey.Config, """{"ttl":60}""");

        var view = await NextUntilAsync(
            watch, seen => seen.Config.Value?.Settings.Ttl == TimeSpan.FromSeconds(60));

        Assert.Equal(0, view.Incarnation);
    }

    [Fact]
    public async Task Watch_ends_when_it_is_aborted()
    {
        using var stop = new CancellationTokenSource();
        await using var watch = Two.WatchAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync().AsTask();

        await stop.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Removed_cluster_leaves_nothing_but_a_live_lock_keeps_all()
    {
        await PutAsync(One, DcsKey.Config, "{}");
        var claim = await AcquireAsync(One, A);
        var refused = await Two.CommitAsync(ClusterTransactions.RemoveCluster(), Aborted);
        await MustAsync(One, ClusterTransactions.ReleaseLeader(claim));

        await MustAsync(Two, ClusterTransactions.RemoveCluster());

        Assert.Equal(WriteOutcome.Conflict, refused.Outcome);
        Assert.True((await SeeAsync(One)).IsEmpty);
    }

    protected async Task<ClusterView> SeeAsync(IDcs dcs)
    {
        var read = await dcs.ReadAsync(Aborted);
        return Assert.IsType<DcsRead.Seen>(read).View;
    }

    protected async Task<long> GrantAsync(IDcs dcs, TimeSpan ttl)
    {
        var answer = await dcs.GrantLeaseAsync(ttl, Aborted);
        Assert.Equal(WriteOutcome.Ok, answer.Outcome);
        Assert.True(answer.Ttl >= ttl);
        return answer.LeaseId;
    }

    protected async Task<LeaderClaim> AcquireAsync(IDcs dcs, MemberName me, long leaseId = 0)
    {
        var lease = leaseId == 0 ? await GrantAsync(dcs, LongTtl) : leaseId;
        var seen = await SeeAsync(dcs);
        var answer = await dcs.CommitAsync(ClusterTransactions.AcquireLeader(seen, me, lease, First), Aborted);
        Assert.Equal(WriteOutcome.Ok, answer.Outcome);
        return ClusterTransactions.ClaimAcquired(seen, me, lease, answer.Revision);
    }

    protected async Task MustAsync(IDcs dcs, DcsTransaction transaction)
    {
        var answer = await dcs.CommitAsync(transaction, Aborted);
        Assert.True(answer.IsOk, $"{answer.Outcome}: {answer.Reason}");
    }

    protected Task PutAsync(IDcs dcs, DcsKey key, string value) =>
        MustAsync(dcs, new DcsTransaction([], [new DcsMutation.Put(key, value)]));

    protected Task<CommitAnswer> ProveAsync(IDcs dcs, LeaderClaim claim) =>
        dcs.CommitAsync(ClusterTransactions.ProveLeader(claim), Aborted);

    /// <summary>Reads until the condition holds; 600 ticks at most.</summary>
    protected async Task<ClusterView> UntilAsync(IDcs dcs, Func<ClusterView, bool> condition)
    {
        for (var tick = 0; tick < 600; tick++)
        {
            if (await dcs.ReadAsync(Aborted) is DcsRead.Seen seen && condition(seen.View))
            {
                return seen.View;
            }

            await TickAsync();
        }

        throw new TimeoutException("The condition never held.");
    }

    protected async Task<DcsRead> NextReadAsync(IAsyncEnumerator<DcsRead> watch)
    {
        var next = watch.MoveNextAsync().AsTask();
        for (var tick = 0; tick < 600 && !next.IsCompleted; tick++)
        {
            await TickAsync();
        }

        Assert.True(next.IsCompleted, "The watch said nothing.");
        Assert.True(await next);
        return watch.Current;
    }

    /// <summary>The next view; passes over moments without sight.</summary>
    protected async Task<ClusterView> NextAsync(IAsyncEnumerator<DcsRead> watch)
    {
        while (true)
        {
            if (await NextReadAsync(watch) is DcsRead.Seen seen)
            {
                return seen.View;
            }
        }
    }

    protected async Task<ClusterView> NextUntilAsync(
        IAsyncEnumerator<DcsRead> watch, Func<ClusterView, bool> condition)
    {
        while (true)
        {
            var view = await NextAsync(watch);
            if (condition(view))
            {
                return view;
            }
        }
    }

    private static DcsTransaction Recreate(LeaderClaim claim, ClusterView seen) =>
        ClusterTransactions.RecreateLeader(claim, seen, claim.LeaseId, new Timeline(2), isOpened: true);
}
