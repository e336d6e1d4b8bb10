using System.Net;
using System.Net.Sockets;
using Router.Transport.Loops;

namespace Router.Transport.Linux;

/// <summary>
/// Accepts on its loop and hands each descriptor to the loop that the acceptor chooses. Accepted sockets inherit the
/// listener's TCP options.
/// </summary>
/// <remarks>
/// When the system refuses (EMFILE and its like), trying again at once would refuse for ever, so accepting rests and a
/// timer brings it back: no spinning, one log line, and the peers wait in the backlog.
/// </remarks>
internal abstract class DescriptorListener : ITransportListener
{
    private readonly DescriptorLoop _loop;
    private readonly Socket _socket;
    private readonly Acceptor _acceptor;
    private ITimer? _rest;
    private bool _isStarted;
    private bool _isPaused;
    private bool _isResting;
    private bool _isFailing;
    private volatile bool _isDisposed;
    private volatile bool _isShared;

    protected DescriptorListener(DescriptorLoop loop, Socket socket, Acceptor acceptor)
    {
        _loop = loop;
        _socket = socket;
        _acceptor = acceptor;
        Descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public EndPoint LocalEndPoint { get; }

    public Socket Socket => _socket;

    public bool IsShared
    {
        get => _isShared;
        set => _isShared = value;
    }

    protected int Descriptor { get; }

    /// <summary>It is to accept now.</summary>
    protected bool IsWanted => _isStarted && !_isPaused && !_isResting && !_isDisposed;

    public void Start() => _loop.Post(
        static state =>
        {
            var listener = (DescriptorListener)state!;
            listener._isStarted = true;
            listener.Update();
        },
        this);

    public void Pause(bool isPaused) => _loop.Post(
        static state =>
        {
            var (listener, isPaused) = ((DescriptorListener, bool))state!;
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
        await _loop.RunAsync(async () =>
        {
            Update();
            _rest?.Dispose();
            await WhenStoppedAsync();
        });
        if (_isShared)
        {
            ListeningSocket.Leave(_socket);
            return;
        }

        _socket.Dispose();
        ListeningSocket.RemoveFile(LocalEndPoint);
    }

    /// <summary>Begins or ends accepting, as <see cref="IsWanted"/> says.</summary>
    protected abstract void Update();

    /// <summary>Ends when the system looks at the descriptor no more, once accepting is not wanted.</summary>
    protected virtual Task WhenStoppedAsync() => Task.CompletedTask;

    /// <summary>Takes the answer of one accept: a descriptor or a negative error, but for EAGAIN.</summary>
    protected void Take(int answer)
    {
        if (answer >= 0)
        {
            HandOver(answer);
        }
        else if (answer is -Native.NoFile or -Native.SystemNoFile or -Native.NoMemory or -Native.NoBuffers)
        {
            Rest(answer);
        }

        // Any other error is of one connection that died in the backlog: the next may live.
    }

    private void HandOver(int descriptor)
    {
        if (_isFailing)
        {
            _isFailing = false;
            TransportLog.AcceptResumed(_loop.Logger, LocalEndPoint);
        }

        var loop = (DescriptorLoop)_acceptor.Choose();
        loop.Expect();
        if (loop == _loop)
        {
            Deliver(loop, descriptor);
            return;
        }

        loop.Post(
            static state =>
            {
                var (listener, loop, descriptor) = ((DescriptorListener, DescriptorLoop, int))state!;
                listener.Deliver(loop, descriptor);
            },
            (this, loop, descriptor));
    }

    private void Deliver(DescriptorLoop loop, int descriptor)
    {
        DescriptorConnection connection;
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
                var listener = (DescriptorListener)state!;
                listener._isResting = false;
                listener.Update();
            },
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _ = _rest.Change(_loop.Settings.AcceptBackOff, Timeout.InfiniteTimeSpan);
    }
}
