using Router.Transport.Linux;

namespace Router.Transport.Epoll;

/// <summary>A connection on a registered descriptor.</summary>
internal sealed class EpollConnection : DescriptorConnection, IEpollTarget
{
    private readonly EpollLoop _loop;

    public EpollConnection(EpollLoop loop, int descriptor)
        : base(loop, descriptor) => _loop = loop;

    public void OnEvents(int events)
    {
        const int Failed = Native.PollError | Native.PollHangUp;
        if ((events & (Native.PollOut | Failed)) != 0)
        {
            OnWritable();
        }

        if ((events & (Native.PollIn | Native.PollPeerHangUp | Failed)) != 0)
        {
            // The call itself finds out what failed.
            OnReadable(isPeerClosing: (events & (Native.PollPeerHangUp | Failed)) != 0);
        }
    }

    protected override int ReceiveCore(Span<byte> target) => Translate(Native.Receive(Descriptor, target));

    protected override int SendCore(ReadOnlySpan<byte> bytes) => Translate(Native.Send(Descriptor, bytes));

    protected override bool CloseCore(bool isReset)
    {
        if (isReset)
        {
            Native.SetReset(Descriptor);
        }

        _loop.CloseDescriptor(Descriptor);
        return false;
    }

    private static int Translate(int answer) => answer == -Native.Again ? WouldBlock : answer;
}
