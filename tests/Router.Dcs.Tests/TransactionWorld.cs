using System.Collections.Immutable;
using Router.Cluster;
using Router.Dcs.InMemory;
using Router.Testing;

namespace Router.Dcs.Tests;

/// <summary>
/// Members with stale views that commit random transactions. After each commit: whoever's live lease held a key before
/// still holds it, unless the writer is that member.
/// </summary>
internal sealed class TransactionWorld
{
    private readonly ManualTime _time;
    private readonly InMemoryStore _store;
    private readonly InMemoryDcs _dcs;
    private readonly Random _random;
    private readonly TransactionActor[] _actors;

    public TransactionWorld(ManualTime time, int seed)
    {
        _time = time;
        _store = new InMemoryStore(time);
        _dcs = new InMemoryDcs(_store);
        _random = new Random(seed);
        _actors = [new TransactionActor(new MemberName("a")), new TransactionActor(new MemberName("b")), new TransactionActor(new MemberName("c"))];
    }

    public int Commits { get; private set; }

    public int Acquisitions { get; private set; }

    public async Task StepAsync()
    {
        var actor = _actors[_random.Next(_actors.Length)];
        if (actor.LeaseId == 0 || _random.Next(20) == 0)
        {
            actor.LeaseId = (await _dcs.GrantLeaseAsync(TimeSpan.FromSeconds(3), default)).LeaseId;
        }

        if (actor.Seen is null || _random.Next(3) == 0)
        {
            actor.Seen = Assert.IsType<DcsRead.Seen>(await _dcs.ReadAsync(default)).View;
        }

        if (_random.Next(4) > 0)
        {
            _ = await _dcs.KeepAliveAsync(actor.LeaseId, default);
        }

        await CommitAsync(actor, actor.Seen);
        _time.Advance(TimeSpan.FromMilliseconds(_random.Next(300)));
    }

    private async Task CommitAsync(TransactionActor actor, ClusterView seen)
    {
        var kind = _random.Next(15);
        var transaction = Build(kind, actor, seen);
        var before = _store.Read().Keys;
        var answer = await _dcs.CommitAsync(transaction, default);
        if (!answer.IsOk)
        {
            return;
        }

        Commits++;
        var after = _store.Read().Keys;
        foreach (var (path, key) in before.Where(pair => pair.Value.LeaseId != 0))
        {
            if (!after.TryGetValue(path, out var now) || now != key)
            {
                Assert.True(IsOwn(actor, key), $"{actor.Name} changed {path} of {key.Value} by {transaction}");
            }
        }

        actor.Remember(kind, seen, answer.Revision);
        Acquisitions += kind == 0 ? 1 : 0;
    }

    private static bool IsOwn(TransactionActor actor, RawKey key) =>
        key.Path == DcsKey.Leader.Path ? key.Value == actor.Name.Value : key.Path == DcsKey.Member(actor.Name).Path;

    private static DcsTransaction Build(int kind, TransactionActor actor, ClusterView seen)
    {
        var claim = actor.Claim ?? new LeaderClaim(actor.Name, actor.LeaseId, seen.Revision, 1, seen.Revision);
        return kind switch
        {
            0 => ClusterTransactions.AcquireLeader(seen, actor.Name, actor.LeaseId, new Timeline(1)),
            1 => ClusterTransactions.RecreateLeader(
                claim, seen, actor.LeaseId, new Timeline(1), isOpened: false),
            2 => ClusterTransactions.NoteEpoch(claim, new Timeline(1), isOpened: true),
            3 => ClusterTransactions.ReleaseLeader(claim),
            4 => ClusterTransactions.PutMember(actor.Name, Report(), actor.LeaseId),
            5 => ClusterTransactions.PutStatus(
                claim, new ClusterStatus(default, ImmutableSortedDictionary<string, Lsn>.Empty, [])),
            6 => ClusterTransactions.PutHistory(claim, seen.History.ModRevision, new ClusterHistory([])),
            7 => ClusterTransactions.PutSync(claim, seen.Sync.ModRevision, SyncState.Inactive),
            8 => ClusterTransactions.DeleteSync(claim, seen.Sync.ModRevision),
            9 => ClusterTransactions.ClearFailover(claim, seen.Failover.ModRevision),
            10 => ClusterTransactions.PutFailover(
                seen.Failover.ModRevision, new FailoverRequest(null, actor.Name, null)),
            11 => ClusterTransactions.PutConfig(seen.Config.ModRevision, "{}"),
            12 => ClusterTransactions.RaceInitialize(),
            13 => ClusterTransactions.RestoreEpoch(claim, seen.Epoch.ModRevision, new Timeline(1), isOpened: true),
            _ => ClusterTransactions.RemoveCluster(),
        };
    }

    private static MemberReport Report() => new()
    {
        ConnUrl = "postgres://h:1/postgres",
        ApiUrl = "http://h:2/patroni",
        State = "running",
        Role = MemberRole.Replica,
        Version = "4.1.4",
    };
}
