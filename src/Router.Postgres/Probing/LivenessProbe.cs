using Npgsql;
using Router.Cluster.Local;
using Router.Postgres.Processes;

namespace Router.Postgres.Probing;

/// <summary>
/// Asks a living postmaster's server. A reserved session stays open and is asked first; when it is silent, two fresh
/// ones are tried beside it, and only if all three are silent for the bound does the server count as hung (rule S11).
/// A postmaster that the kernel has stopped can serve no new client however well old sessions answer: it counts as hung
/// too once two fresh sessions were silent for the bound.
/// <para>One probe at a time; the caller sees to that.</para>
/// </summary>
internal sealed class LivenessProbe(LocalConnections connections, TimeProvider time, TimeSpan bound) : IAsyncDisposable
{
    private NpgsqlConnection? _reserved;
    private PostmasterProcess? _reservedOf;

    public async Task<(PostgresState State, ServerAnswer? Answer)> AskAsync(
        PostmasterProcess postmaster, CancellationToken aborted)
    {
        if (_reservedOf is not null && _reservedOf.StartTicks != postmaster.StartTicks)
        {
            await ForgetAsync();
        }

        _reservedOf = postmaster;
        var first = Begin(postmaster, aborted);
        await using (first)
        {
            await ListenAsync(aborted, first);
            if (first.Outcome is { IsCompleted: true } heard && (await heard).Kind != AttemptKind.Unreached)
            {
                return await TellAsync(first, postmaster, aborted);
            }

            return await AskFreshAsync(first, postmaster, aborted);
        }
    }

    public async Task ForgetAsync()
    {
        if (_reserved is { } reserved)
        {
            _reserved = null;
            await reserved.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await ForgetAsync();

    /// <summary>The reserved session leaves the field while it is asked, and returns when it answered.</summary>
    private ProbeAttempt Begin(PostmasterProcess postmaster, CancellationToken aborted)
    {
        var reserved = _reserved;
        _reserved = null;
        return reserved is null
            ? ProbeAttempt.Fresh(connections, postmaster.File, aborted)
            : ProbeAttempt.On(reserved, aborted);
    }

    private async Task<(PostgresState, ServerAnswer?)> TellAsync(
        ProbeAttempt attempt, PostmasterProcess postmaster, CancellationToken aborted)
    {
        var outcome = await attempt.Outcome;
        if (outcome.Kind != AttemptKind.Facts)
        {
            return (StateOf(postmaster.File), null);
        }

        _reserved = attempt.TakeConnection();
        return postmaster.IsStopped && !await AnswersNewAsync(postmaster, aborted)
            ? (PostgresState.Hung, null)
            : (PostgresState.Running, outcome.Answer);
    }

    private async Task<(PostgresState, ServerAnswer?)> AskFreshAsync(
        ProbeAttempt first, PostmasterProcess postmaster, CancellationToken aborted)
    {
        await using var second = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        await using var third = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        await ListenAsync(aborted, first, second, third);
        ProbeAttempt[] all = [first, second, third];
        foreach (var kind in (AttemptKind[])[AttemptKind.Facts, AttemptKind.Error])
        {
            foreach (var attempt in all)
            {
                if (attempt.Outcome.IsCompleted && (await attempt.Outcome).Kind == kind)
                {
                    return await TellAsync(attempt, postmaster, aborted);
                }
            }
        }

        // The kernel's refusal is no silence: the lock file tells what the postmaster is about.
        return second.Outcome.IsCompleted && third.Outcome.IsCompleted
            ? (StateOf(postmaster.File), null)
            : (PostgresState.Hung, null);
    }

    private async Task<bool> AnswersNewAsync(PostmasterProcess postmaster, CancellationToken aborted)
    {
        await using var second = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        await using var third = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        await ListenAsync(aborted, second, third);
        return second.Outcome.IsCompleted || third.Outcome.IsCompleted;
    }

    /// <summary>Until one has told something, all are done, or the silence has lasted.</summary>
    private async Task ListenAsync(CancellationToken aborted, params ProbeAttempt[] attempts)
    {
        var silence = new SilenceMeter(time, bound);
        var open = attempts.Where(attempt => !attempt.Outcome.IsCompleted).ToList();
        while (open.Count > 0 && !silence.IsOver)
        {
            var next = Task.WhenAny(open.Select(attempt => attempt.Outcome));
            await silence.ListenAsync(next, aborted);
            foreach (var attempt in open.Where(attempt => attempt.Outcome.IsCompleted).ToArray())
            {
                if ((await attempt.Outcome).Kind != AttemptKind.Unreached)
                {
                    return;
                }

                open.Remove(attempt);
            }
        }
    }

    private static PostgresState StateOf(LockFile file) => file switch
    {
        { IsStopping: true } => PostgresState.Stopping,
        { IsReady: true } => PostgresState.Refusing,
        _ => PostgresState.Starting,
    };
}
