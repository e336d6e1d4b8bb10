using Router.Protocol.Messages;
using Router.Proxy.Listening;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Brings a server connection back whose client left in the middle of a request: cancels the request, throws its answer away,
/// and says when nothing is in flight any more. The connection is worth that: to make another costs the server a process.
/// </summary>
internal sealed class Abandonment(
    PooledBackend backend, BackendFilter fromBackend, SessionState state, CancelRegistry cancels, TimeSpan timeout)
{
    /// <summary>Null where the connection is quiet now; else why it must be closed. Never throws.</summary>
    public async Task<string?> EndAsync()
    {
        var loop = backend.Connection.Loop;
        using var deadline = new CancellationTokenSource(timeout, loop.Time);
        try
        {
            if (backend.Key is { } key)
            {
                // Its signal may come late, when the connection is another's already.
                backend.NeedsBarrier = true;
                var request = new CancelRequest(key.ProcessId, key.Key);
                await cancels.SendAsync(loop, request, backend.Backend.CancelAddress, deadline.Token);
            }

            return await DrainAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return $"an abandoned request did not end within {timeout.TotalSeconds:0.###} s";
        }
        catch (TransportException lost)
        {
            return lost.Message;
        }
    }

    private async Task<string?> DrainAsync(CancellationToken aborted)
    {
        while (state.IsInFlight)
        {
            var read = await backend.Connection.Input.ReadAsync(aborted);
            var chunk = read.Buffer.FirstSpan;
            var verdict = fromBackend.Inspect(chunk);
            var taken = read.Buffer.GetPosition(verdict.Forward);
            var isShort = verdict.Forward < chunk.Length;
            backend.Connection.Input.AdvanceTo(taken, isShort ? read.Buffer.End : taken);
            if (fromBackend.Stop is FilterStop.Fatal or FilterStop.Malformed or FilterStop.Standby || state.HasSentFatal
                || (read.IsCompleted && verdict.Forward == chunk.Length))
            {
                return "the server ended it";
            }
        }

        return null;
    }
}
