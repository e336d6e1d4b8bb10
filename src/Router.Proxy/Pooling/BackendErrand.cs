using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>A simple query of our own on a server connection that no client has: its answer is ours too.</summary>
internal static class BackendErrand
{
    /// <summary>Null where it went well and the connection is as idle as before; else what was wrong. Never throws.</summary>
    /// <param name="isBarrier">
    /// A cancel request that comes late is to hit this query, and nothing is wrong with that; a transaction may be open.
    /// </param>
    /// <param name="onError">Told of the server's error, which then is no problem; null: it is one.</param>
    public static async Task<string?> RunAsync(
        PooledBackend backend,
        string query,
        TimeProvider time,
        TimeSpan timeout,
        bool isBarrier = false,
        Action<ErrorResponse>? onError = null)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            var writer = new FrameWriter();
            new Query(query).Write(writer);
            backend.Statements.ForgetUnnamed();
            await backend.Connection.Output.WriteAsync(writer.Written, deadline.Token);
            return await ReadAnswerAsync(backend, query, isBarrier, onError, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return $"no answer to '{query}' within {timeout.TotalSeconds:0.###} s";
        }
        catch (Exception lost) when (lost is TransportException or InvalidDataException)
        {
            return lost.Message;
        }
    }

    private static bool IsDiscard(ReadOnlySpan<byte> tag) =>
        tag.SequenceEqual("DISCARD ALL\0"u8);

    private static async Task<string?> ReadAnswerAsync(
        PooledBackend backend, string query, bool isBarrier, Action<ErrorResponse>? onError, CancellationToken aborted)
    {
        string? problem = null;
        while (await MessageReader.ReadAsync(backend.Connection, FrameSide.Backend, aborted) is { } message)
        {
            switch (message.Type)
            {
                case MessageType.ErrorResponse:
                    var error = ErrorResponse.Parse(message.Body);
                    if (onError is not null && error is not null)
                    {
                        onError(error);
                    }
                    else if (!isBarrier || error?.Code != SqlState.QueryCanceled)
                    {
                        problem = $"'{query}' failed: {error?.Message}";
                    }

                    break;
                case MessageType.ParameterStatus when ParameterStatus.Parse(message.Body) is { } reported:
                    backend.Parameters = backend.Parameters.With(reported);
                    break;
                case MessageType.CommandComplete when IsDiscard(message.Body):
                    backend.Statements.Clear();
                    backend.Settings = SessionSettings.None;
                    break;
                case MessageType.ReadyForQuery when isBarrier || message.Body is [(byte)TransactionStatus.Idle]:
                    return problem;
                case MessageType.ReadyForQuery:
                    return $"'{query}' left a transaction open";
                default:
                    break;
            }
        }

        return "the server closed the connection";
    }
}
