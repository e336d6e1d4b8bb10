using System.Buffers;
using System.Security.Cryptography;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Notify;

/// <summary>
/// One server connection that listens for all clients of a pool, so that none of them needs one of its own between its
/// transactions. The first listener's connection becomes the hub's; who comes later is handed over. Used on the pool's loop only.
/// </summary>
/// <remarks>
/// The hand-over loses nothing and tells nothing twice. PostgreSQL keeps all notifications of a database in one order: a
/// marker, notified on the client's connection, which listens to it as the hub does, has the same place in both streams. What
/// comes before it the client hears from its connection, what comes behind it from the hub. (docs: NOTIFY, "the order
/// of messages from different transactions is the order in which the transactions committed".)
/// </remarks>
internal sealed class NotifyHub(BackendPool pool, PoolServices services)
{
    private const string MarkerChannel = "router_hub";

    /// <summary>Names of channels are told in the client's encoding, and the hub has one only.</summary>
    private const string Encoding = "UTF8";

    private readonly ChannelBook _book = new();
    private readonly Queue<TaskCompletionSource<ErrorResponse?>> _asked = new();
    private readonly string _name = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
    private PooledBackend? _backend;
    private long _tokens;

    /// <summary>The client hears this channel from here.</summary>
    public bool Tells(string channel, INotified client) => _book.IsLive(channel, client);

    /// <summary>
    /// Makes the client's own connection, on which it listens to these channels, the hub's; the caller then says
    /// <see cref="Begin"/> in place of giving it back. False where the hub has one, or the pool cannot spare it.
    /// </summary>
    public bool TryAdopt(PooledBackend backend, INotified client, IReadOnlyList<string> channels)
    {
        if (_backend is not null || !HasEncoding(backend) || !services.Budget.TryKeep(pool.Key, pool.Options.PoolSize))
        {
            return false;
        }

        _backend = backend;
        foreach (var channel in channels)
        {
            _book.Add(channel, client, handOver: null);
        }

        return true;
    }

    /// <summary>The connection that was adopted has been left by its client.</summary>
    public void Begin()
    {
        _ = AskAsync($"LISTEN {MarkerChannel}");
        _ = HearAsync(_backend!);
    }

    /// <summary>
    /// Hands the client's channels over to the hub: afterwards the client's connection listens to nothing. False where there
    /// is no hub or it fails; then the connection goes on listening.
    /// </summary>
    /// <exception cref="TransportException">The client's connection failed.</exception>
    /// <exception cref="InvalidDataException">The server's answer on it makes no sense.</exception>
    public async Task<bool> TryTakeOverAsync(
        PooledBackend from, INotified client, IReadOnlyList<string> channels, CancellationToken cut)
    {
        if (_backend is null || !HasEncoding(from))
        {
            return false;
        }

        // Entered before anything is waited for: a channel that is in the book stays listened to.
        var handOver = new HandOver($"{_name}-{++_tokens}", client);
        var isNews = channels.Where(channel => !_book.IsLive(channel, client)).ToHashSet(StringComparer.Ordinal);
        foreach (var channel in channels)
        {
            _book.Add(channel, client, handOver);
        }

        var isDone = false;
        try
        {
            isDone = await AskAsync(Listen([MarkerChannel, .. channels])) is null
                && await SayAsync(
                    from, $"LISTEN {MarkerChannel}; NOTIFY {MarkerChannel}, '{handOver.Token}'", handOver, isNews, cut);
            if (isDone)
            {
                _book.OnToldByConnection(handOver);
            }

            isDone = isDone && await SayAsync(from, "UNLISTEN *", until: null, isNews, cut) && _backend is not null;
        }
        finally
        {
            if (!isDone)
            {
                Leave(client, channels);
            }
        }

        return isDone;
    }

    /// <summary>The client does not listen to these channels any more.</summary>
    public void Leave(INotified client, IEnumerable<string> channels)
    {
        foreach (var channel in channels.ToArray())
        {
            if (_book.Remove(channel, client) && _backend is not null)
            {
                _ = AskAsync(_book.IsEmpty ? "UNLISTEN *" : $"UNLISTEN {Quoted(channel)}");
            }
        }
    }

    /// <summary>The cluster has changed: what is notified on a primary of the past, nobody hears.</summary>
    public void OnViewChanged()
    {
        if (_backend is { } backend && services.IsStale(backend, services.Views.Current))
        {
            backend.Connection.Abort();
        }
    }

    /// <summary>A query of ours on the hub's connection; the answers come in order.</summary>
    private Task<ErrorResponse?> AskAsync(string sql)
    {
        // The continuation runs on the loop, for it is completed and awaited there.
        var answer = new TaskCompletionSource<ErrorResponse?>();
        _asked.Enqueue(answer);
        var writer = new FrameWriter();
        new Query(sql).Write(writer);
        try
        {
            _backend!.Connection.Output.Write(writer.Written.Span);
            _backend.Connection.Push();
        }
        catch (TransportException)
        {
            // Whoever hears notices that the connection is gone, and answers everybody.
        }

        return answer.Task;
    }

    private async Task HearAsync(PooledBackend backend)
    {
        var reason = "the server closed the connection that hears notifications";
        ErrorResponse? error = null;
        try
        {
            while (await MessageReader.ReadAsync(backend.Connection, FrameSide.Backend, CancellationToken.None) is { } message)
            {
                switch (message.Type)
                {
                    case MessageType.NotificationResponse when NotificationResponse.Parse(message.Body) is { } notification:
                        OnNotification(notification);
                        break;
                    case MessageType.ParameterStatus when ParameterStatus.Parse(message.Body) is { } reported:
                        backend.Parameters = backend.Parameters.With(reported);
                        break;
                    case MessageType.ErrorResponse:
                        error = ErrorResponse.Parse(message.Body);
                        reason = error?.Message ?? reason;
                        break;
                    case MessageType.ReadyForQuery:
                        if (!_asked.TryDequeue(out var asked))
                        {
                            throw new InvalidDataException("the server sent an answer that nobody asked for");
                        }

                        asked.TrySetResult(error);
                        error = null;
                        if (_book.IsEmpty && _asked.Count == 0)
                        {
                            GiveBack(backend);
                            return;
                        }

                        break;
                    default:
                        break;
                }
            }
        }
        catch (Exception lost)
        {
            // Nobody awaits this task: whatever it was, who listens must learn that nothing is heard any more.
            reason = lost.Message;
        }

        Lose(backend, reason);
    }

    private void OnNotification(NotificationResponse notification)
    {
        if (notification.Channel == MarkerChannel)
        {
            _book.OnMarker(notification.Payload);
        }

        _book.Tell(notification);
    }

    /// <summary>Nobody listens any more.</summary>
    private void GiveBack(PooledBackend backend)
    {
        _backend = null;
        services.Budget.GiveUpKept(pool.Key);
        pool.Return(backend);
    }

    private void Lose(PooledBackend backend, string reason)
    {
        _backend = null;
        services.Budget.GiveUpKept(pool.Key);
        foreach (var client in _book.All)
        {
            client.OnSilence();
        }

        var lost = ErrorResponse.Fatal(SqlState.ConnectionFailure, reason);
        while (_asked.TryDequeue(out var asked))
        {
            asked.TrySetResult(lost);
        }

        pool.Close(backend, reason);
    }

    /// <summary>
    /// Says it on the client's own connection. What is notified there the client hears, up to the marker, and nothing behind it.
    /// </summary>
    /// <param name="until">Whose marker must come; null: it has come, and nothing is told any more.</param>
    /// <param name="isNews">Channels that the client does not hear from the hub already.</param>
    private static async Task<bool> SayAsync(
        PooledBackend backend, string sql, HandOver? until, HashSet<string> isNews, CancellationToken cut)
    {
        var writer = new FrameWriter();
        new Query(sql).Write(writer);
        backend.Statements.ForgetUnnamed();
        await backend.Connection.Output.WriteAsync(writer.Written, cut);
        var (isReady, isGood) = (false, true);
        while (!isReady || (until is not null && isGood))
        {
            if (await MessageReader.ReadAsync(backend.Connection, FrameSide.Backend, cut) is not { } message)
            {
                throw new InvalidDataException("the end of the stream");
            }

            switch (message.Type)
            {
                case MessageType.NotificationResponse when NotificationResponse.Parse(message.Body) is { } notification:
                    if (notification.Channel == MarkerChannel && notification.Payload == until?.Token)
                    {
                        until = null;
                    }
                    else if (until is not null && isNews.Contains(notification.Channel))
                    {
                        until.Client.OnNotification(notification);
                    }

                    break;
                case MessageType.ErrorResponse:
                    isGood = false;
                    break;
                case MessageType.ParameterStatus when ParameterStatus.Parse(message.Body) is { } reported:
                    backend.Parameters = backend.Parameters.With(reported);
                    break;
                case MessageType.ReadyForQuery:
                    isReady = true;
                    break;
                default:
                    break;
            }
        }

        return isGood;
    }

    private static bool HasEncoding(PooledBackend backend) => backend.Parameters.Find("client_encoding") == Encoding;

    private static string Listen(IEnumerable<string> channels) =>
        string.Join(';', channels.Select(static channel => $"LISTEN {Quoted(channel)}"));

    private static string Quoted(string channel) => $"\"{channel.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
