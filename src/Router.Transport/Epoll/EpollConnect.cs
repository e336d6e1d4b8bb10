using System.Net;
using Router.Transport.Linux;

namespace Router.Transport.Epoll;

/// <summary>A connect under way that waits for its event.</summary>
internal sealed class EpollConnect : DescriptorConnect, IEpollTarget
{
    private readonly EpollLoop _loop;

    public EpollConnect(EpollLoop loop, EndPoint endPoint)
        : base(loop, endPoint) => _loop = loop;

    public void OnEvents(int events) => Settle();

    protected override void Watch(int descriptor) =>
        _loop.Register(descriptor, this, Native.PollOut | EpollCalls.EdgeTriggered);

    protected override void Unwatch(int descriptor) => _loop.Unregister(descriptor);
}
