using Router.Transport;

namespace Router.Proxy.Backends;

/// <summary>Notices a client that goes while it waits for a backend, so that its place in the queue is free at once.</summary>
internal static class ClientWatch
{
    /// <summary>A client sends nothing while it waits; one that does is not read beyond this.</summary>
    private const int UnreadMax = 16 * 1024;

    /// <summary>Waits by <paramref name="wait"/>; false where the client closed its connection first.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="aborted"/> fired.</exception>
    public static async Task<bool> WaitAsync(
        IConnection client, Func<CancellationToken, Task> wait, CancellationToken aborted)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var leaving = HasLeftAsync(client, over.Token);
        var waiting = wait(over.Token);
        await Task.WhenAny(waiting, leaving);

        // Not CancelAsync: that goes by way of the thread pool, where those who wait would overtake each other.
        over.Cancel();
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var hasLeft = await leaving;
        aborted.ThrowIfCancellationRequested();
        return !hasLeft;
    }

    private static async Task<bool> HasLeftAsync(IConnection client, CancellationToken over)
    {
        try
        {
            while (true)
            {
                var read = await client.Input.ReadAsync(over);
                var (isCompleted, isFull) = (read.IsCompleted, read.Buffer.Length > UnreadMax);
                client.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (isCompleted || isFull)
                {
                    return isCompleted;
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return false;
        }
        catch (TransportException)
        {
            return true;
        }
    }
}
