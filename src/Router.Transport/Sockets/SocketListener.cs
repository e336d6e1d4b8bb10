using System.Net;
using System.Net.Sockets;
using Router.Transport.Loops;

namespace Router.Transport.Sockets;

/// <summary>Accepts in one task on its loop. Pausing cancels the accept that waits, so that peers stay in the backlog.</summary>
internal sealed class SocketListener : ITransportListener
{
    private readonly SocketLoop _loop;
    private readonly Socket _socket;
    private readonly Acceptor _acceptor;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private CancellationTokenSource _pausing = new();
    private TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _accepting = Task.CompletedTask;
    private bool _isPaused;
    private bool _isDisposed;
    private volatile bool _isShared;

    public SocketListener(SocketLoop loop, Socket socket, Acceptor acceptor)
    {
        _loop = loop;
        _socket = socket;
        _acceptor = acceptor;
        LocalEndPoint = socket.LocalEndPoint!;
        _resumed.SetResult();
    }

    public EndPoint LocalEndPoint { get; }

    public Socket Socket => _socket;

    public bool IsShared
    {
        get => _isShared;
        set => _isShared = value;
    }

    public void Start() => _accepting = _loop.RunAsync(AcceptAllAsync);

    public void Pause(bool isPaused)
    {
        CancellationTokenSource? cancelled = null;
        lock (_lock)
        {
            if (_isPaused == isPaused || _isDisposed)
            {
                return;
            }

            _isPaused = isPaused;
            if (isPaused)
            {
                _resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                cancelled = _pausing;
            }
            else
            {
                _pausing = new CancellationTokenSource();
                _resumed.SetResult();
            }
        }

        // Outside the lock, because cancelling runs what waits; and not disposed, because the accept may just look.
        cancelled?.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        await _stopping.CancelAsync();
        await _accepting;
        if (_isShared)
        {
            ListeningSocket.Leave(_socket);
        }
        else
        {
            _socket.Dispose();
            ListeningSocket.RemoveFile(LocalEndPoint);
        }

        _stopping.Dispose();
        _pausing.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        var isFailing = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _resumed.Task.WaitAsync(_stopping.Token);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _pausing.Token);
                HandOver(await _socket.AcceptAsync(either.Token));
                if (isFailing)
                {
                    isFailing = false;
                    TransportLog.AcceptResumed(_loop.Logger, LocalEndPoint);
                }
            }
            catch (OperationCanceledException)
            {
                // Paused or stopping; the loop's condition and the next wait tell which.
            }
            catch (SocketException failure)
            {
                // A peer that gave up while queued costs nothing; anything else (no descriptors) rests, and is logged once.
                if (failure.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
                {
                    continue;
                }

                if (!isFailing)
                {
                    isFailing = true;
                    TransportLog.AcceptPaused(
                        _loop.Logger, LocalEndPoint, failure.Message, _loop.Settings.AcceptBackOff.TotalSeconds);
                }

                await RestAsync();
            }
        }
    }

    private async Task RestAsync()
    {
        try
        {
            await Task.Delay(_loop.Settings.AcceptBackOff, _loop.Time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void HandOver(Socket socket)
    {
        var loop = (SocketLoop)_acceptor.Choose();
        loop.Expect();
        loop.Post(
            static state =>
            {
                var (loop, socket, acceptor) = ((SocketLoop, Socket, Acceptor))state!;
                acceptor.Accept(loop.Adopt(socket));
            },
            (loop, socket, _acceptor));
    }
}
