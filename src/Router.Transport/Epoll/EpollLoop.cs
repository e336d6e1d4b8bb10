using System.Net;
using Microsoft.Extensions.Logging;
using Router.Transport.Linux;
using Router.Transport.Loops;

namespace Router.Transport.Epoll;

/// <summary>
/// A loop on Linux epoll. Every descriptor is registered once, edge triggered, for its whole life: a round trip costs one
/// wait, one receive and one send.
/// </summary>
internal sealed class EpollLoop : DescriptorLoop
{
    /// <summary>Events taken by one wait; more are taken by the next.</summary>
    private const int EventsMax = 256;

    /// <summary>The wake-up descriptor's data: no registered target has it, for generations begin at 1.</summary>
    private const ulong WakeData = 0;

    private readonly EpollEvents _events = new(EventsMax);
    private readonly EpollRegistry _registry = new();
    private int _epoll = -1;

    private EpollLoop(int index, TransportSettings settings, ILogger logger)
        : base(index, settings, logger)
    {
    }

    /// <exception cref="TransportException">The system has no descriptors for it, or no epoll.</exception>
    public static EpollLoop Open(int index, TransportSettings settings, ILogger logger)
    {
        var loop = new EpollLoop(index, settings, logger);
        loop._epoll = Require(EpollCalls.Create(), "epoll_create1");
        loop.OpenWake(isBlocking: false);
        _ = Require(
            EpollCalls.Control(loop._epoll, EpollCalls.Add, loop.WakeDescriptor, Native.PollIn, WakeData), "epoll_ctl");
        return loop;
    }

    public override ITransportListener Listen(EndPoint endPoint, ListenOptions options, Acceptor acceptor)
    {
        var socket = ListeningSocket.Open(endPoint, options, Settings.Tcp);
        socket.Blocking = false;
        var listener = new EpollListener(this, socket, acceptor, Native.Accept);
        listener.Start();
        return listener;
    }

    internal override DescriptorConnection Wrap(int descriptor)
    {
        var connection = new EpollConnection(this, descriptor);
        try
        {
            const int All = Native.PollIn | Native.PollOut | Native.PollPeerHangUp | EpollCalls.EdgeTriggered;
            Register(descriptor, connection, All);
        }
        catch (TransportException)
        {
            CloseDescriptor(descriptor);
            throw;
        }

        return connection;
    }

    internal void Register(int descriptor, IEpollTarget target, int events)
    {
        var data = _registry.Add(descriptor, target);
        _ = Require(EpollCalls.Control(_epoll, EpollCalls.Add, descriptor, events, data), "epoll_ctl");
    }

    /// <summary>No event of <paramref name="descriptor"/> from here on, also of those already taken.</summary>
    internal void Unregister(int descriptor)
    {
        _registry.Remove(descriptor);
        _ = EpollCalls.Control(_epoll, EpollCalls.Delete, descriptor, 0, 0);
    }

    /// <summary>Closes a registered descriptor, which also ends its registration with the kernel.</summary>
    internal void CloseDescriptor(int descriptor)
    {
        _registry.Remove(descriptor);
        _ = Native.Close(descriptor);
    }

    protected override int Wait(int timeoutMs)
    {
        var count = EpollCalls.Wait(_epoll, _events, timeoutMs);
        return count >= 0 ? count : count == -Native.Intr ? 0 : Require(count, "epoll_wait");
    }

    protected override DescriptorConnect NewConnect(EndPoint endPoint) => new EpollConnect(this, endPoint);

    protected override void Dispatch(int events)
    {
        for (var index = 0; index < events; index++)
        {
            var data = _events.DataAt(index);
            if (data == WakeData)
            {
                Native.Unsignal(WakeDescriptor);
            }
            else
            {
                _registry.Find(data)?.OnEvents(_events.EventsAt(index));
            }
        }
    }

    protected override void Close()
    {
        _ = Native.Close(_epoll);
        CloseWake();
    }
}
