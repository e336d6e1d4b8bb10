using System.Net;
using System.Net.Sockets;
using Router.Transport.Loops;

namespace Router.Transport.Epoll;

/// <summary>
/// Accepts on its loop, a bounded number per turn, and hands each descriptor to the loop that the acceptor chooses.
/// </summary>
/// <remarks>
/// Accepted sockets inherit the listener's TCP options. Registered level triggered: what one turn leaves in the
/// backlog brings the next event. When the system refuses
/// (EMFILE and its like) that event would come for ever, so the listener leaves epoll and a timer brings it back: no
/// spinning, one log line, and the peers wait in the backlog.
/// </remarks>
internal sealed class EpollListener : ITransportListener, IEpollTarget
{
    private const int AcceptedPerTurnMax = 64;

    private readonly EpollLoop _loop;
    private readonly Socket _socket;
    private readonly Acceptor _acceptor;
    private readonly Func<int, int> _accept;
    private readonly int _descriptor;
    private ITimer? _rest;
    private bool _isStarted;
    private bool _isRegistered;
    private bool _isPaused;
    private bool _isResting;
    private bool _isFailing;
    private volatile bool _isDisposed;

    /// <param name="accept">The system's accept; a test makes it refuse.</param>
    public EpollListener(EpollLoop loop, Socket socket, Acceptor acceptor, Func<int, int> accept)
    {
        _accept = accept;
        _loop = loop;
        _socket = socket;
        _acceptor = acceptor;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public EndPoint LocalEndPoint { get; }

    public void Start() => _loop.Post(
        static state =>
        {
            var listener = (EpollListener)state!;
            listener._isStarted = true;
            listener.Update();
        },
        this);

    public void Pause(bool isPaused) => _loop.Post(
        static state =>
        {
            var (listener, isPaused) = ((EpollListener, bool))state!;
            listener._isPaused = isPaused;
            listener.Update();
        },
        (this, isPaused));

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _loop.RunAsync(() =>
        {
            Update();
            _rest?.Dispose();
            return Task.CompletedTask;
        });
        _socket.Dispose();
        ListeningSocket.RemoveFile(LocalEndPoint);
    }

    public void OnEvents(int events)
    {
        for (var count = 0; count < AcceptedPerTurnMax && _isRegistered; count++)
        {
            var descriptor = _accept(_descriptor);
            if (descriptor >= 0)
            {
                HandOver(descriptor);
            }
            else if (descriptor == -Native.Again)
            {
                return;
            }
            else if (descriptor is -Native.NoFile or -Native.SystemNoFile or -Native.NoMemory or -Native.NoBuffers)
            {
                Rest(descriptor);
                return;
            }

            // Any other error is of one connection that died in the backlog: the next may live.
        }
    }

    private void HandOver(int descriptor)
    {
        if (_isFailing)
        {
            _isFailing = false;
            TransportLog.AcceptResumed(_loop.Logger, LocalEndPoint);
        }

        var loop = (EpollLoop)_acceptor.Choose();
        loop.Expect();
        if (loop == _loop)
        {
            Deliver(loop, descriptor);
            return;
        }

        loop.Post(
            static state =>
            {
                var (listener, loop, descriptor) = ((EpollListener, EpollLoop, int))state!;
                listener.Deliver(loop, descriptor);
            },
            (this, loop, descriptor));
    }

    private void Deliver(EpollLoop loop, int descriptor)
    {
        EpollConnection connection;
        try
        {
            connection = loop.Wrap(descriptor);
        }
        catch (TransportException failure)
        {
            loop.Unexpect();
            TransportLog.CallbackFailed(loop.Logger, loop.Index, failure);
            return;
        }

        _acceptor.Accept(connection);
    }

    private void Rest(int error)
    {
        if (!_isFailing)
        {
            _isFailing = true;
            TransportLog.AcceptPaused(
                _loop.Logger, LocalEndPoint, Native.Describe(error), _loop.Settings.AcceptBackOff.TotalSeconds);
        }

        _isResting = true;
        Update();
        _rest ??= _loop.Time.CreateTimer(
            static state =>
            {
                var listener = (EpollListener)state!;
                listener._isResting = false;
                listener.Update();
            },
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _ = _rest.Change(_loop.Settings.AcceptBackOff, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Registered exactly while it is to accept.</summary>
    private void Update()
    {
        var isWanted = _isStarted && !_isPaused && !_isResting && !_isDisposed;
        if (isWanted == _isRegistered)
        {
            return;
        }

        _isRegistered = isWanted;
        if (isWanted)
        {
            _loop.Register(_descriptor, this, Native.EpollIn);
        }
        else
        {
            _loop.Unregister(_descriptor);
        }
    }
}
