using System.Net;
using Router.Transport.Linux;

namespace Router.Transport.Uring;

/// <summary>A connect under way that waits for its completion.</summary>
internal sealed class UringConnect : DescriptorConnect, IUringTarget
{
    private readonly UringLoop _loop;
    private int _place;
    private bool _isWatching;

    public UringConnect(UringLoop loop, EndPoint endPoint)
        : base(loop, endPoint) => _loop = loop;

    public void OnCompleted(UringOperation operation, int result, uint flags)
    {
        _isWatching = false;
        _loop.Release(_place);
        Settle();
    }

    /// <remarks>The ring waits for descriptors that would block, and fails at once with those that would not.</remarks>
    protected override void Prepare(int descriptor) => _ = Native.SetBlocking(descriptor);

    protected override void Watch(int descriptor)
    {
        _isWatching = true;
        _place = _loop.Register(this);
        _loop.Ask(_place, UringOperation.Writable, UringCalls.OperationPollAdd, descriptor).OperationFlags = Native.PollOut;
    }

    protected override void Unwatch(int descriptor)
    {
        if (_isWatching)
        {
            _loop.Cancel(_place, UringOperation.Writable);
        }
    }
}
