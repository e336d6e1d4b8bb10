using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Cluster;
using Router.Proxy.Routing;
using Router.Testing;

namespace Router.Proxy.Tests.Routing;

public sealed class TopologyTrackerTests : IAsyncLifetime
{
    private static readonly SystemIdentifier System = new(7_000_000_000);

    private readonly Store _store = new();
    private readonly Backends _backends = new();
    private readonly Agents _agents = new();
    private readonly ManualBootClock _clock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TopologyTracker _tracker;
    private Task _running = Task.CompletedTask;

    public TopologyTrackerTests() => _tracker = new TopologyTracker(
        _store, _backends, _agents, _clock, TimeProvider.System,
        new TopologyOptions
        {
            VerifyInterval = TimeSpan.FromMilliseconds(1),
            LeaderlessInterval = TimeSpan.FromMilliseconds(1),
            RecheckInterval = TimeSpan.FromMilliseconds(5),
            AgentInterval = TimeSpan.FromMilliseconds(1),
            ProbeTimeout = TimeSpan.FromSeconds(50),
        },
        NullLoggerFactory.Instance);

    public Task InitializeAsync()
    {
        _running = _tracker.RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
        _stopping.Dispose();
    }

    [Fact]
    public async Task A_leader_is_asked_until_it_is_out_of_recovery()
    {
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: true, System, new(1));
        _store.Tell(Led("a", 10));
        await Eventually.TrueAsync(() => _backends.Asked.GetValueOrDefault("a") > 3, "it is asked again and again");
        Assert.Null(Usable);
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: false, System, new(2));
        await Eventually.TrueAsync(() => Usable == "a", "the promoted leader is usable");
    }

    [Fact]
    public async Task A_probe_that_hangs_on_the_old_leader_does_not_keep_the_new_one_waiting()
    {
        _store.Tell(Led("a", 10));
        await Eventually.TrueAsync(() => _backends.IsHanging("a"), "the probe of a hangs");
        _backends.Answers["b"] = new BackendFacts.Answered(IsInRecovery: false, System, new(2));
        _store.Tell(Led("b", 11));
        await Eventually.TrueAsync(() => Usable == "b", "b is usable");
    }

    [Fact]
    public async Task A_deleted_key_holds_and_a_demoted_primary_ends_its_sessions()
    {
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: false, System, new(1));
        _store.Tell(Led("a", 10));
        await Eventually.TrueAsync(() => Usable == "a", "a is usable");
        _store.Tell(new StoreReading.Seen(View("a", 10) with { Leader = StoredKey<LeaderLock>.Absent }));
        await Eventually.TrueAsync(() => _tracker.Current.Hold is not null, "writes are held");
        Assert.Equal("a", _tracker.Current.Primary?.Identity.Leader.Value);
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: true, System, new(1));
        await Eventually.TrueAsync(() => _tracker.Current.Primary is null, "the old primary is over");
    }

    [Fact]
    public async Task A_primary_that_a_backend_reports_as_a_standby_is_held_until_it_is_verified_again()
    {
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: false, System, new(1));
        _store.Tell(Led("a", 10));
        await Eventually.TrueAsync(() => Usable == "a", "a is usable");
        _backends.Answers.Clear();
        await Eventually.TrueAsync(() => _backends.IsHanging("a"), "no probe answers any more");
        var identity = _tracker.Current.Primary!.Identity;
        _tracker.ReportStandby(identity with { Timeline = new Timeline(7) });
        Assert.Equal("a", Usable);
        _tracker.ReportStandby(identity);
        Assert.Equal((null, "the leader is still in recovery"), (_tracker.Current.Primary, _tracker.Current.Hold));
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: false, System, new(1));
        await Eventually.TrueAsync(() => Usable == "a", "a is usable again");
    }

    [Fact]
    public async Task Without_the_store_the_agent_is_asked_and_its_silence_ends_the_licence()
    {
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: false, System, new(1));
        _store.Tell(Led("a", 10));
        await Eventually.TrueAsync(() => Usable == "a", "a is usable");
        _store.IsSilent = true;
        _store.Tell(new StoreReading.Unreachable("no route"));
        _clock.Advance(TimeSpan.FromSeconds(31));
        await Eventually.TrueAsync(() => Usable is null, "the lease has run out");
        _agents.IsPrimary = true;
        await Eventually.TrueAsync(() => Usable == "a", "the agent vouches");
        _agents.IsPrimary = false;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Usable);
        await Eventually.TrueAsync(() => _tracker.Current.Hold is not null, "the hold is published");
        Assert.Equal("a", _tracker.Current.Primary?.Identity.Leader.Value);
    }

    [Fact]
    public async Task Waiters_get_the_next_view_and_versions_grow()
    {
        var waiting = _tracker.WaitForChangeAsync(_tracker.Current.Version, CancellationToken.None);
        _store.Tell(Led("a", 10));
        var first = await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(first.Version > 0);
        _backends.Answers["a"] = new BackendFacts.Answered(IsInRecovery: false, System, new(1));
        var second = await _tracker.WaitForChangeAsync(first.Version, CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(second.Version > first.Version);
    }

    private string? Usable => _tracker.Current.UsablePrimary(_clock.Now)?.Identity.Leader.Value;

    private static StoreReading.Seen Led(string leader, long revision) => new(View(leader, revision));

    private static ClusterView View(string leader, long revision) => new()
    {
        Initialize = StoredKey<Initialization>.Present(new Initialization(System), new Revision(1)),
        Leader = StoredKey<LeaderLock>.Present(
            new LeaderLock(new MemberName(leader), 1, new Revision(revision), new Revision(revision)), new Revision(revision)),
        Members = [Member("a"), Member("b")],
    };

    private static Member Member(string name) => new()
    {
        Name = new MemberName(name),
        Address = new MemberAddress(name, 5432),
        ApiUrl = $"http://{name}:8008/patroni",
        State = "running",
    };

    private sealed class Store : ITopologyStore
    {
        private readonly Channel<StoreReading> _readings = Channel.CreateUnbounded<StoreReading>();

        public volatile bool IsSilent;

        public void Tell(StoreReading reading) => _readings.Writer.TryWrite(reading);

        public async IAsyncEnumerable<StoreReading> WatchAsync([EnumeratorCancellation] CancellationToken aborted)
        {
            await foreach (var reading in _readings.Reader.ReadAllAsync(aborted))
            {
                yield return reading;
            }
        }

        public Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted) =>
            Task.FromResult<TimeSpan?>(IsSilent ? null : TimeSpan.FromSeconds(30));
    }

    /// <summary>A member without an answer hangs.</summary>
    private sealed class Backends : IBackendProbe
    {
        private readonly ConcurrentDictionary<string, bool> _hanging = new();

        public ConcurrentDictionary<string, BackendFacts> Answers { get; } = new();

        public ConcurrentDictionary<string, int> Asked { get; } = new();

        public bool IsHanging(string member) => _hanging.ContainsKey(member);

        public async Task<BackendFacts> ProbeAsync(RoutedMember member, CancellationToken aborted)
        {
            var name = member.Name.Value;
            Asked.AddOrUpdate(name, 1, static (_, count) => count + 1);
            while (!Answers.ContainsKey(name))
            {
                _hanging[name] = true;
                await Task.Delay(TimeSpan.FromMilliseconds(5), aborted);
            }

            return Answers[name];
        }
    }

    private sealed class Agents : IAgentProbe
    {
        public volatile bool IsPrimary;

        public Task<bool> IsPrimaryAsync(string apiUrl, CancellationToken aborted) => Task.FromResult(IsPrimary);
    }
}
