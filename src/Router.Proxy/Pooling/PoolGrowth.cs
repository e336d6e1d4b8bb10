using System.Diagnostics.CodeAnalysis;
using Router.Cluster;
using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Manners;
using Router.Proxy.Routing;

namespace Router.Proxy.Pooling;

/// <summary>Opens the server connections that a pool lacks, as far as the limits, the cluster and the server allow.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Stop cancels the token source, which has no timer.")]
internal sealed class PoolGrowth(BackendPool pool, PoolServices services, PoolDirectory directory)
{
    /// <summary>Logins of one pool at a time: a server that comes back is not met by all at once.</summary>
    private const int OpeningMax = 4;

    /// <summary>Between two attempts where the server cannot be reached.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly BackendFactory _factory = new(pool, services);
    private readonly CancellationTokenSource _closing = new();
    private LoginRefusal? _refusal;
    private string? _whyDown;
    private int _failures;
    private long _notBefore;
    private bool _isFull;

    /// <summary>Connections on their way.</summary>
    public int Opening { get; private set; }

    /// <summary>The answer to whoever comes now with these startup parameters, for the server has just refused them.</summary>
    public ErrorResponse? RefusalOf(StartupProfile profile) =>
        _refusal is { } refusal && refusal.Profile.Equals(profile) && !HasLive(profile) && Now < refusal.Until
        && (services.Route(pool) as RouteDecision.Use)?.Member.Name == refusal.Member
            ? refusal.Error
            : null;

    /// <summary>
    /// The answer to whoever logs in now: no server of the configuration can be reached, and none is tried for a while.
    /// </summary>
    public ErrorResponse? RefusalOfLogin() => _whyDown is { } reason && pool.Backends.Count == 0 && Now < _notBefore
        ? Refusals.ServerDown(reason).In(services.Options.Now.Personality)
        : null;

    private PoolOptions Options => pool.Options;

    private long Now => pool.Loop.Time.GetTimestamp();

    /// <summary>A limit that was reached may be so no longer.</summary>
    public void OnRoom() => _isFull = false;

    /// <summary>There may be a server now, and room.</summary>
    public void OnClusterChanged() => (_notBefore, _isFull) = (0, false);

    /// <summary>What was just closed is for another loop, which has this long to take its place.</summary>
    public void Yield() => _notBefore = Math.Max(_notBefore, Now + Ticks(TimeSpan.FromMilliseconds(50)));

    public void Stop() => _closing.Cancel();

    public void Grow()
    {
        // What is idle and fits nobody who waits may make room.
        _isFull &= pool.WaitingCount == 0 || pool.IdleCount == 0;
        while (!_isFull && MayOpen() && Wanted() is { } profile)
        {
            if (services.Route(pool) is not RouteDecision.Use use)
            {
                return;
            }

            var verdict = services.Budget.TryReserve(pool.Key, use.Member.Name, SizeNow(), Options);
            if (verdict != BudgetVerdict.Granted)
            {
                if (verdict == BudgetVerdict.PoolFull ? pool.TryEvictIdle() : directory.TryMakeRoom(pool, verdict))
                {
                    continue;
                }

                // Asked again when something is closed, and with every tick: not for every request that waits.
                _isFull = true;
                directory.AskOthers(pool.Key, pool.OldestWait);
                return;
            }

            Opening++;
            pool.Servers?.OnOpening();
            _ = OpenAsync(use, profile);
        }
    }

    private bool MayOpen() =>
        !pool.IsHeld && !pool.IsRemoved && Now >= _notBefore && !_closing.IsCancellationRequested;

    /// <summary>The profile of the next connection to open; null where enough are on their way.</summary>
    private StartupProfile? Wanted()
    {
        if (Opening >= OpeningMax)
        {
            return null;
        }

        if (Opening < pool.Waiters.Count)
        {
            return pool.Waiters.ElementAt(Opening).Profile;
        }

        return pool.Backends.Count + Opening < Math.Min(PoolUpkeep.WantedMin(pool), Options.PoolSize)
            ? pool.Welcome.Profile ?? StartupProfile.Empty
            : null;
    }

    private int SizeNow()
    {
        var options = Options;
        var mayUseReserve = options.ReservePoolSize > 0 && options.ReservePoolTimeout > TimeSpan.Zero
            && pool.OldestWait is { } since && pool.Loop.Time.GetElapsedTime(since, Now) >= options.ReservePoolTimeout;
        return options.PoolSize + (mayUseReserve ? options.ReservePoolSize : 0);
    }

    private async Task OpenAsync(RouteDecision.Use use, StartupProfile profile)
    {
        BackendFactory.Made outcome = default;
        try
        {
            outcome = await _factory.OpenAsync(use, profile, _closing.Token);
        }
        catch (Exception bug)
        {
            // Nobody awaits this task: without a word here the place would be lost, and who waits would wait for ever.
            ProxyLog.PoolFailed(services.Logger, pool.Key.Database, pool.Key.User, bug);
        }

        Opening--;
        if (outcome.Backend is { } backend)
        {
            (_refusal, _whyDown, _failures) = (null, null, 0);
            pool.Add(backend);
            return;
        }

        services.Budget.Release(pool.Key, use.Member.Name);
        services.Counters.BackendOpenFailed();
        if (outcome.Refusal is { } error)
        {
            OnRefused(use.Member.Name, profile, error);
        }
        else
        {
            OnUnreachable();
        }

        directory.OnRoom();
    }

    /// <summary>
    /// The server's no is everybody's answer who asks alike, unless they can live on what the pool has. Where the server
    /// only has no room, whoever has a connection anywhere in the pool will give it back; but none for replication.
    /// </summary>
    private void OnRefused(MemberName member, StartupProfile profile, ErrorResponse error)
    {
        var hasNoRoom = error.Code.StartsWith(SqlState.InsufficientResources, StringComparison.Ordinal);
        if (!profile.IsReplication && (HasLive(profile) || (hasNoRoom && pool.Backends.Count > 0)))
        {
            RetryAfter(Options.ServerLoginRetry);
            return;
        }

        _refusal = new LoginRefusal(profile, member, error, Now + Ticks(Options.ServerLoginRetry));
        pool.RefuseAll(profile, error);
    }

    /// <summary>
    /// A member of the cluster is tried again soon, for its successor may be there; servers of the configuration, once each
    /// of them has failed, only after server_login_retry.
    /// </summary>
    private void OnUnreachable()
    {
        pool.Servers?.OnFailed();
        if (pool.Servers is { } servers && ++_failures >= servers.Count)
        {
            (_whyDown, _failures) = ("connect failed", 0);
            RetryAfter(Options.ServerLoginRetry);
        }
        else
        {
            RetryAfter(RetryDelay);
        }
    }

    private bool HasLive(StartupProfile profile) => pool.Backends.Any(backend => backend.Profile.Equals(profile));

    private void RetryAfter(TimeSpan delay) =>
        _notBefore = Now + Ticks(delay);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * pool.Loop.Time.TimestampFrequency);
}
