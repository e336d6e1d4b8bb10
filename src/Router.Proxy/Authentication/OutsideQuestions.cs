using System.Diagnostics.CodeAnalysis;

namespace Router.Proxy.Authentication;

/// <summary>
/// Asks others about clients, off the loops: the system's accounts, PAM, an LDAP server. So many at once and no more, and
/// none waits beyond a deadline, so that who does not answer holds up nothing but the logins that need his answer.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class OutsideQuestions(TimeProvider time, int atOnceMax = OutsideQuestions.AtOnceMax)
{
    /// <summary>A question of PAM or the accounts has a thread of its own while it is asked.</summary>
    public const int AtOnceMax = 16;

    /// <summary>From the wish to ask to the answer.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _places = new(atOnceMax);

    /// <summary>A question that ends when its token fires.</summary>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> question, CancellationToken cut)
    {
        using var late = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cut);
        try
        {
            await _places.WaitAsync(either.Token);
            try
            {
                return await Task.Run(() => question(either.Token), CancellationToken.None);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (!cut.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {Deadline.TotalSeconds} s");
        }
    }

    /// <summary>A question that nothing stops: where its answer comes too late it is thrown away, and its place taken until then.</summary>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async Task<T> AskBlockingAsync<T>(Func<T> question, CancellationToken cut)
    {
        using var late = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cut);
        try
        {
            await _places.WaitAsync(either.Token);
            var asking = Task.Factory.StartNew(
                () =>
                {
                    try
                    {
                        return question();
                    }
                    finally
                    {
                        _places.Release();
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return await asking.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cut.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {Deadline.TotalSeconds} s");
        }
    }
}
