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
    private readonly List<Task> _ending = [];
    private NpgsqlConnection? _reserved;
    private PostmasterProcess? _reservedOf;

    /// <summary>The error by which the server last refused a session, SQLSTATE first; null once one was served.</summary>
    public string? Refusal { get; private set; }

    public async Task<(PostgresState State, ServerAnswer? Answer)> AskAsync(
        PostmasterProcess postmaster, CancellationToken aborted)
    {
        if (_reservedOf is not null && _reservedOf.StartTicks != postmaster.StartTicks)
        {
            await ForgetAsync();
        }

        _reservedOf = postmaster;
        var first = Begin(postmaster, aborted);
        try
        {
            _ = await ListenAsync(aborted, first);
            return await IsLifeAsync(first)
                ? await TellAsync(first, postmaster, aborted)
                : await AskFreshAsync(first, postmaster, aborted);
        }
        finally
        {
            End(first);
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

    public async ValueTask DisposeAsync()
    {
        await ForgetAsync();
        await Task.WhenAll(_ending);
    }

    /// <summary>The reserved session leaves the field while it is asked, and returns when it answered.</summary>
    private ProbeAttempt Begin(PostmasterProcess postmaster, CancellationToken aborted)
    {
        var reserved = _reserved;
        _reserved = null;
        return reserved is null
            ? ProbeAttempt.Fresh(connections, postmaster.File, aborted)
            : ProbeAttempt.On(reserved, aborted);
    }

    /// <summary>Their number is bounded by the connect timeout: each is closed by then.</summary>
    private void End(params ReadOnlySpan<ProbeAttempt> attempts)
    {
        _ending.RemoveAll(ending => ending.IsCompleted);
        foreach (var attempt in attempts)
        {
            _ending.Add(attempt.EndAsync());
        }
    }

    private async Task<(PostgresState, ServerAnswer?)> TellAsync(
        ProbeAttempt attempt, PostmasterProcess postmaster, CancellationToken aborted)
    {
        var outcome = await attempt.Outcome;
        Refusal = outcome.Error;
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
        var second = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        var third = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        try
        {
            var isSilent = await ListenAsync(aborted, first, second, third);
            foreach (var attempt in (ProbeAttempt[])[first, second, third])
            {
                if (await IsLifeAsync(attempt))
                {
                    return await TellAsync(attempt, postmaster, aborted);
                }
            }

            // A refusal by the kernel is no silence: the lock file tells what the postmaster is about.
            return isSilent ? (PostgresState.Hung, null) : (StateOf(postmaster.File), null);
        }
        finally
        {
            End(second, third);
        }
    }

    private async Task<bool> AnswersNewAsync(PostmasterProcess postmaster, CancellationToken aborted)
    {
        var second = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        var third = ProbeAttempt.Fresh(connections, postmaster.File, aborted);
        try
        {
            return !await ListenAsync(aborted, second, third);
        }
        finally
        {
            End(second, third);
        }
    }

    /// <summary>
    /// Until one shows life, all are done, or the silence has lasted: only then true.
    /// </summary>
    private async Task<bool> ListenAsync(CancellationToken aborted, params ProbeAttempt[] attempts)
    {
        var silence = new SilenceMeter(time, bound);
        while (!silence.IsOver)
        {
            foreach (var attempt in attempts)
            {
                if (await IsLifeAsync(attempt))
                {
                    return false;
                }
            }

            var open = attempts.Where(attempt => !attempt.Outcome.IsCompleted).Select(attempt => attempt.Outcome).ToList();
            if (open.Count == 0)
            {
                return false;
            }

            await silence.ListenAsync(Task.WhenAny(open), aborted);
        }

        return true;
    }

    private static async Task<bool> IsLifeAsync(ProbeAttempt attempt) =>
        attempt.Outcome.IsCompleted && (await attempt.Outcome).Kind != AttemptKind.Unreached;

    private static PostgresState StateOf(LockFile file) => file switch
    {
        { IsStopping: true } => PostgresState.Stopping,
        { IsReady: true } => PostgresState.Refusing,
        _ => PostgresState.Starting,
    };
}
