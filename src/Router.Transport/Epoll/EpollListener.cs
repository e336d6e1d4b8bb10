using System.Net.Sockets;
using Router.Transport.Linux;
using Router.Transport.Loops;

namespace Router.Transport.Epoll;

/// <summary>
/// A listener in epoll exactly while it is to accept. Registered level triggered: what one turn leaves in the backlog
/// brings the next event.
/// </summary>
internal sealed class EpollListener : DescriptorListener, IEpollTarget
{
    private const int AcceptedPerTurnMax = 64;

    private readonly EpollLoop _loop;
    private readonly Func<int, int> _accept;
    private bool _isRegistered;

    /// <param name="accept">The system's accept; a test makes it refuse.</param>
    public EpollListener(EpollLoop loop, Socket socket, Acceptor acceptor, Func<int, int> accept)
        : base(loop, socket, acceptor)
    {
        _loop = loop;
        _accept = accept;
    }

    public void OnEvents(int events)
    {
        for (var count = 0; count < AcceptedPerTurnMax && _isRegistered; count++)
        {
            var answer = _accept(Descriptor);
            if (answer == -Native.Again)
            {
                return;
            }

            Take(answer);
        }
    }

    protected override void Update()
    {
        if (IsWanted == _isRegistered)
        {
            return;
        }

        _isRegistered = IsWanted;
        if (_isRegistered)
        {
            _loop.Register(Descriptor, this, Native.PollIn);
        }
        else
        {
            _loop.Unregister(Descriptor);
        }
    }
}
