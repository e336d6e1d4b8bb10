using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Router.Agent.Guarding;

/// <summary>
/// The agent's end of the guard's socket. Sending never waits; <see cref="RunAsync"/> takes the answers.
/// </summary>
internal sealed class GuardConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<GuardMessage?>> _asked = new();
    private readonly int _guardFd;
    private uint _number;
    private int _unanswered;

    private GuardConnection(Socket socket, int guardPid)
    {
        _socket = socket;
        GuardPid = guardPid;
        _guardFd = GuardKernel.PidfdOpen(guardPid);
    }

    public int GuardPid { get; }

    /// <summary>Pings since the last answer.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Null when nobody listens, or a process of another user does.</summary>
    public static GuardConnection? TryConnect(string path)
    {
        var socket = PeerSocket.Create();
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var (pid, uid) = PeerSocket.Credentials(socket);
            if (uid == GuardKernel.EffectiveUid())
            {
                return new GuardConnection(socket, pid);
            }
        }
        catch (SocketException)
        {
            // Nobody listens (any more).
        }

        socket.Dispose();
        return null;
    }

    /// <summary>Hands a request to the kernel; false when it takes none.</summary>
    public bool Send(GuardMessage message, ReadOnlySpan<byte> payload = default) =>
        Put(message with { Number = Interlocked.Increment(ref _number) }, payload);

    public bool Ping()
    {
        _ = Interlocked.Increment(ref _unanswered);
        return Send(new GuardMessage { Kind = GuardMessageKind.Ping });
    }

    /// <summary>Null when no answer comes within the bound.</summary>
    public async Task<GuardMessage?> AskAsync(
        GuardMessage message, TimeSpan bound, TimeProvider time, CancellationToken stopping)
    {
        var number = Interlocked.Increment(ref _number);
        var answer = new TaskCompletionSource<GuardMessage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = answer;
        try
        {
            return Put(message with { Number = number }, [])
                ? await answer.Task.WaitAsync(bound, time, stopping)
                : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _ = _asked.TryRemove(number, out _);
        }
    }

    /// <summary>Takes answers until the guard closes, or breaks the protocol; answers why.</summary>
    public async Task<string> RunAsync(Action<GuardMessage> onAnswer, CancellationToken stopping)
    {
        var buffer = new byte[GuardMessage.HeaderLength];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, SocketFlags.None, stopping);
                if (length == 0)
                {
                    return "it closed the connection";
                }

                if (!GuardMessage.TryRead(buffer.AsSpan(0, length), out var answer))
                {
                    return "it speaks another version of the protocol";
                }

                Volatile.Write(ref _unanswered, 0);
                onAnswer(answer);
                if (_asked.TryGetValue(answer.Number, out var asked))
                {
                    _ = asked.TrySetResult(answer);
                }
            }
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        finally
        {
            foreach (var asked in _asked.Values)
            {
                _ = asked.TrySetResult(null);
            }
        }
    }

    /// <summary>Ends the guard, which may be stopped and still hold its lock.</summary>
    public void KillGuard()
    {
        if (_guardFd >= 0)
        {
            _ = GuardKernel.PidfdKill(_guardFd);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (_guardFd >= 0)
        {
            _ = GuardKernel.Close(_guardFd);
        }
    }

    private bool Put(in GuardMessage message, ReadOnlySpan<byte> payload)
    {
        Span<byte> bytes = new byte[GuardMessage.HeaderLength + payload.Length];
        message.Write(bytes);
        payload.CopyTo(bytes[GuardMessage.HeaderLength..]);
        try
        {
            _ = _socket.Send(bytes, SocketFlags.None, out var error);
            return error == SocketError.Success;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
