namespace Router.Transport;

/// <summary>Ways onto a loop for code that runs elsewhere.</summary>
public static class EventLoopExtensions
{
    /// <summary>Runs <paramref name="work"/> on the loop; the task ends with the work's own outcome.</summary>
    public static Task RunAsync(this IEventLoop loop, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentNullException.ThrowIfNull(work);
        return loop.RunAsync(async () =>
        {
            await work();
            return true;
        });
    }

    /// <inheritdoc cref="RunAsync(IEventLoop, Func{Task})"/>
    public static async Task<T> RunAsync<T>(this IEventLoop loop, Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentNullException.ThrowIfNull(work);
        var started = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            static state =>
            {
                var (work, started) = ((Func<Task<T>>, TaskCompletionSource<Task<T>>))state!;
                try
                {
                    started.SetResult(work());
                }
                catch (Exception exception)
                {
                    // The caller's own failure, handed back to the caller.
                    started.SetException(exception);
                }
            },
            (work, started));
        return await await started.Task;
    }
}
