using System.Net.Sockets;
using Router.Transport.Linux;
using Router.Transport.Loops;

namespace Router.Transport.Uring;

/// <summary>A listener with one accept under way, which goes on by itself, exactly while it is to accept.</summary>
internal sealed class UringListener : DescriptorListener, IUringTarget
{
    private readonly UringLoop _loop;
    private TaskCompletionSource? _stopped;
    private int _place;
    private bool _isAccepting;
    private bool _isCancelled;

    public UringListener(UringLoop loop, Socket socket, Acceptor acceptor)
        : base(loop, socket, acceptor) => _loop = loop;

    public void OnCompleted(UringOperation operation, int result, uint flags)
    {
        if ((flags & UringCalls.CompletionMore) == 0)
        {
            _isAccepting = false;
            _loop.Release(_place);
            _ = _stopped?.TrySetResult();
        }

        if (result != -Native.Cancelled)
        {
            Take(result);
        }

        Update();
    }

    protected override void Update()
    {
        if (IsWanted && !_isAccepting)
        {
            _isAccepting = true;
            _isCancelled = false;
            _place = _loop.Register(this);
            ref var entry = ref _loop.Ask(_place, UringOperation.Accept, UringCalls.OperationAccept, Descriptor);
            entry.Manner = UringCalls.AcceptMultishot;
            entry.OperationFlags = Native.CloseOnExec;
        }
        else if (!IsWanted && _isAccepting && !_isCancelled)
        {
            _isCancelled = true;
            _loop.Cancel(_place, UringOperation.Accept);
            // Whoever connects from now on is to wait in the backlog.
            _loop.Submit();
        }
    }

    protected override Task WhenStoppedAsync()
    {
        if (!_isAccepting)
        {
            return Task.CompletedTask;
        }

        _stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _stopped.Task;
    }
}
