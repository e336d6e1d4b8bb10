using System.Net;
using Router.Transport.Loops;

namespace Router.Transport.Epoll;

/// <summary>A connection on a registered descriptor.</summary>
internal sealed class EpollConnection : StreamConnection, IEpollTarget
{
    private readonly EpollLoop _loop;
    private readonly int _descriptor;

    public EpollConnection(EpollLoop loop, int descriptor)
        : base(loop)
    {
        _loop = loop;
        _descriptor = descriptor;
    }

    public void OnEvents(int events)
    {
        const int Failed = Native.EpollErr | Native.EpollHup;
        if ((events & (Native.EpollOut | Failed)) != 0)
        {
            OnWritable();
        }

        if ((events & (Native.EpollIn | Native.EpollRdHup | Failed)) != 0)
        {
            // The call itself finds out what failed.
            OnReadable(isPeerClosing: (events & (Native.EpollRdHup | Failed)) != 0);
        }
    }

    protected override int ReceiveCore(Span<byte> target) => Translate(Native.Receive(_descriptor, target));

    protected override int SendCore(ReadOnlySpan<byte> bytes) => Translate(Native.Send(_descriptor, bytes));

    protected override void ShutdownCore() => _ = Native.Shutdown(_descriptor);

    protected override bool CloseCore(bool isReset)
    {
        if (isReset)
        {
            Native.SetReset(_descriptor);
        }

        _loop.CloseDescriptor(_descriptor);
        return false;
    }

    protected override string Describe(int error) => Native.Describe(error);

    protected override EndPoint? ReadLocalEndPoint() => SocketAddresses.Read(_descriptor, isPeer: false);

    protected override EndPoint? ReadRemoteEndPoint() => SocketAddresses.Read(_descriptor, isPeer: true);

    protected override PeerCredentials? ReadPeerCredentials() => Native.GetPeerCredentials(_descriptor);

    private static int Translate(int answer) => answer == -Native.Again ? WouldBlock : answer;
}
