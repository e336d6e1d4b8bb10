using Microsoft.Extensions.Logging;
using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// Owner of the topology. Four loops gather facts (the store's watch, the leader's lease, SQL probes, the leader's agent);
/// each new fact goes through <see cref="TopologyPolicy"/> under one lock, and what comes out is published when it differs.
/// </summary>
public sealed class TopologyTracker : IClusterViewSource
{
    private static readonly TimeSpan LeaseRetry = TimeSpan.FromMilliseconds(500);

    private readonly ITopologyStore _store;
    private readonly IBackendProbe _backends;
    private readonly IAgentProbe _agents;
    private readonly IBootClock _clock;
    private readonly TimeProvider _time;
    private readonly TopologyOptions _options;
    private readonly ILogger _logger;
    private readonly ViewPublisher _publisher = new();
    private readonly Lock _lock = new();
    private readonly WakeUp _probeWakeUp = new();
    private readonly WakeUp _leaseWakeUp = new();
    private readonly WakeUp _agentWakeUp = new();
    private TopologyFacts _facts = TopologyFacts.None;
    private Topology _topology = Topology.Initial;

    public TopologyTracker(
        ITopologyStore store,
        IBackendProbe backends,
        IAgentProbe agents,
        IBootClock clock,
        TimeProvider time,
        TopologyOptions options,
        ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        _store = store;
        _backends = backends;
        _agents = agents;
        _clock = clock;
        _time = time;
        _options = options;
        _logger = loggers.CreateLogger("Router.Proxy.Topology");
    }

    public RoutingView Current => _publisher.Current;

    public Task<RoutingView> WaitForChangeAsync(long seenVersion, CancellationToken aborted) =>
        _publisher.WaitForChangeAsync(seenVersion, aborted);

    /// <summary>The greeting of a backend is as good an answer as one to a probe.</summary>
    public void ReportStandby(PrimaryIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        Apply(facts => facts.View is { } view && _topology.View.Primary is { } primary && primary.Identity == identity
            ? facts with
            {
                Probed = new ProbedMember(
                    LeaderStamp.Of(view),
                    primary.Member,
                    new BackendFacts.Answered(IsInRecovery: true, identity.System, identity.Timeline)),
            }
            : facts);
        _probeWakeUp.Signal();
    }

    /// <summary>Tracks until <paramref name="stopping"/>. Fails only by a bug, or where the watch ends by itself.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] loops =
        [
            RunLoopAsync(WatchAsync, failed),
            RunLoopAsync(ProbeAsync, failed),
            RunLoopAsync(ReadLeaseAsync, failed),
            RunLoopAsync(AskAgentAsync, failed),
        ];
        await Task.WhenAll(loops);
    }

    /// <summary>When one loop ends, the others must: half a tracker would go on with stale facts.</summary>
    private static async Task RunLoopAsync(Func<CancellationToken, Task> loop, CancellationTokenSource failed)
    {
        try
        {
            await loop(failed.Token);
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
            // The ordinary end.
        }
        finally
        {
            await failed.CancelAsync();
        }
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        await foreach (var reading in _store.WatchAsync(stopping))
        {
            switch (reading)
            {
                case StoreReading.Seen seen:
                    Apply(facts => facts with { View = seen.View, IsStoreReachable = true });
                    break;
                case StoreReading.Unreachable lost:
                    TopologyLog.StoreLost(_logger, lost.Reason);
                    Apply(static facts => facts with { IsStoreReachable = false });
                    break;
                default:
                    throw new InvalidOperationException("a reading of the store that nobody knows");
            }

            _probeWakeUp.Signal();
            _leaseWakeUp.Signal();
            _agentWakeUp.Signal();
        }
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        LeaderStamp? asking = null;
        var since = _time.GetTimestamp();
        while (true)
        {
            if (Target() is not { } target)
            {
                await _probeWakeUp.WaitAsync(Timeout.InfiniteTimeSpan, _time, stopping);
                continue;
            }

            if (target.Stamp != asking)
            {
                (asking, since) = (target.Stamp, _time.GetTimestamp());
            }

            if (await ProbeWhileTargetAsync(target, stopping) is { } answer)
            {
                Apply(facts => facts with { Probed = new ProbedMember(target.Stamp, target.Member, answer) });
                await _probeWakeUp.WaitAsync(PauseOfProbe(target.Stamp, _time.GetElapsedTime(since)), _time, stopping);
            }
        }
    }

    private (LeaderStamp? Stamp, RoutedMember Member)? Target()
    {
        var (facts, topology) = Snapshot();
        return TopologyPolicy.ProbeTarget(topology, facts);
    }

    /// <summary>Often while a promotion is awaited; a leader that stays in recovery is asked at leisure after a minute.</summary>
    private TimeSpan PauseOfProbe(LeaderStamp? stamp, TimeSpan elapsed) =>
        stamp is null ? _options.LeaderlessInterval
        : Snapshot().Topology.Verified == stamp || elapsed > _options.VerifyOftenFor ? _options.RecheckInterval
        : _options.VerifyInterval;

    /// <summary>Null where somebody else must be asked now: a probe that hangs must not keep the new leader waiting.</summary>
    private async Task<BackendFacts?> ProbeWhileTargetAsync(
        (LeaderStamp? Stamp, RoutedMember Member) target, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(_options.ProbeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        var asking = ProbeOneAsync(target.Member, either.Token);
        while (!asking.IsCompleted)
        {
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var waking = _probeWakeUp.WaitAsync(Timeout.InfiniteTimeSpan, _time, answered.Token);
            await Task.WhenAny(asking, waking);
            await answered.CancelAsync();
            await waking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Target() != target)
            {
                await either.CancelAsync();
            }
        }

        var answer = await asking;
        stopping.ThrowIfCancellationRequested();
        return Target() == target ? answer : null;
    }

    private async Task<BackendFacts> ProbeOneAsync(RoutedMember member, CancellationToken aborted)
    {
        try
        {
            return await _backends.ProbeAsync(member, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            return new BackendFacts.Silent($"no answer within {_options.ProbeTimeout.TotalSeconds:0.###} s");
        }
    }

    private async Task ReadLeaseAsync(CancellationToken stopping)
    {
        while (true)
        {
            var pause = Timeout.InfiniteTimeSpan;
            if (Snapshot().Facts is { View: { Leader.Value: { } held } view } && LeaderStamp.Of(view) is { } stamp)
            {
                var asked = _clock.Now;
                var left = await _store.ReadLeaderLeaseAsync(held, stopping);
                if (left is { } ttl)
                {
                    Apply(facts => facts with { Lease = new LeaderVoucher(stamp, asked + ttl) });
                }

                pause = PauseOf(left);
            }

            await _leaseWakeUp.WaitAsync(pause, _time, stopping);
        }
    }

    private TimeSpan PauseOf(TimeSpan? left)
    {
        var pause = left is { } ttl ? ttl / 4 : LeaseRetry;
        return pause > _options.LeaseIntervalMax ? _options.LeaseIntervalMax
            : pause < LeaseRetry ? LeaseRetry
            : pause;
    }

    /// <summary>Asks the leader's agent while the store is out of sight; its answers count when the lease has run out.</summary>
    private async Task AskAgentAsync(CancellationToken stopping)
    {
        while (true)
        {
            var facts = Snapshot().Facts;
            var isNeeded = facts is { IsStoreReachable: false, View: not null };
            if (isNeeded && facts.View is { LeaderMember.ApiUrl: { } apiUrl } view && LeaderStamp.Of(view) is { } stamp)
            {
                var asked = _clock.Now;
                var isPrimary = await AskOneAsync(apiUrl, stopping);
                Apply(old => isPrimary
                    ? old with { Agent = new LeaderVoucher(stamp, asked + _options.AgentVoucher) }
                    : old);
            }

            await _agentWakeUp.WaitAsync(isNeeded ? _options.AgentInterval : Timeout.InfiniteTimeSpan, _time, stopping);
        }
    }

    private async Task<bool> AskOneAsync(string apiUrl, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(_options.AgentVoucher, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            return await _agents.IsPrimaryAsync(apiUrl, either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private (TopologyFacts Facts, Topology Topology) Snapshot()
    {
        lock (_lock)
        {
            return (_facts, _topology);
        }
    }

    private void Apply(Func<TopologyFacts, TopologyFacts> change)
    {
        lock (_lock)
        {
            _facts = change(_facts);
            var next = TopologyPolicy.Next(_topology, _facts, _clock.Now);
            var view = next.View with { Version = _topology.View.Version };
            var isSame = view == _topology.View;
            _topology = next with { View = view };
            if (!isSame)
            {
                _publisher.Publish(view);
            }
        }
    }
}
