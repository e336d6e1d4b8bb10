using Microsoft.Extensions.Logging;
using Router.Cluster.Local;
using Router.Postgres.History;
using Router.Postgres.Tools;

namespace Router.Postgres.Probing;

/// <summary>
/// Finds out why a standby receives nothing, and tells once that its source refuses the login: PostgreSQL says that in
/// its own log only. The question is asked beside the probes.
/// </summary>
internal sealed class StandbyWatch(LeaderHistoryReader leaders, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>A source that restarts, or is replaced, refuses for a while.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private Task _asking = Task.CompletedTask;
    private long? _since;
    private string? _told;

    /// <summary>Takes what a probe saw. Never waits.</summary>
    public void Note(PostgresFacts facts)
    {
        lock (_lock)
        {
            if (facts is not { IsRunningStandby: true, Following: { } source } || facts.ReplicationState == "streaming")
            {
                (_since, _told) = (null, null);
                return;
            }

            _since ??= time.GetTimestamp();
            if (time.GetElapsedTime(_since.Value) >= Patience && _asking.IsCompleted)
            {
                _since = time.GetTimestamp();
                _asking = AskAsync(source);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _asking;
        _ending.Dispose();
    }

    private async Task AskAsync(FollowTarget source)
    {
        // Off the prober's thread: the password file is written here.
        await Task.Yield();
        var (_, reason) = await leaders.ReadAsync(source.Address, _ending.Token);
        if (LoginAdvice.Of(reason, LoginAdvice.Replication) is { } advice && !_ending.IsCancellationRequested)
        {
            Tell($"{reason}; {advice}");
        }
    }

    private void Tell(string refusal)
    {
        lock (_lock)
        {
            if (refusal == _told)
            {
                return;
            }

            _told = refusal;
        }

        PostgresLog.StandbyRefused(logger, refusal);
    }
}
