using System.Net;
using Microsoft.Extensions.Logging;
using Router.Transport.Loops;

namespace Router.Transport.Epoll;

/// <summary>
/// A loop on Linux epoll. Every descriptor is registered once, edge triggered, for its whole life: a round trip costs one
/// wait, one receive and one send.
/// </summary>
internal sealed class EpollLoop : Loop
{
    /// <summary>Events taken by one wait; more are taken by the next.</summary>
    private const int EventsMax = 256;

    /// <summary>The wake-up descriptor's data: no registered target has it, for generations begin at 1.</summary>
    private const ulong WakeData = 0;

    private readonly EpollEvents _events = new(EventsMax);
    private readonly EpollRegistry _registry = new();
    private readonly Lock _wakeLock = new();
    private readonly HashSet<EpollConnect> _connecting = [];
    private int _epoll = -1;
    private int _wake = -1;

    private EpollLoop(int index, TransportSettings settings, ILogger logger)
        : base(index, settings, logger)
    {
    }

    /// <exception cref="TransportException">The system has no descriptors for it, or no epoll.</exception>
    public static EpollLoop Open(int index, TransportSettings settings, ILogger logger)
    {
        var loop = new EpollLoop(index, settings, logger);
        loop._epoll = Require(Native.CreateEpoll(), "epoll_create1");
        loop._wake = Require(Native.CreateEventDescriptor(), "eventfd");
        _ = Require(Native.Control(loop._epoll, Native.EpollAdd, loop._wake, Native.EpollIn, WakeData), "epoll_ctl");
        return loop;
    }

    public override ValueTask<IConnection> ConnectAsync(EndPoint endPoint, CancellationToken aborted)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return ConnectAsync(new EpollConnect(this, endPoint), aborted);
    }

    public override ITransportListener Listen(EndPoint endPoint, ListenOptions options, Acceptor acceptor)
    {
        var listener = new EpollListener(
            this, ListeningSocket.Open(endPoint, options, Settings.Tcp), acceptor, Native.Accept);
        listener.Start();
        return listener;
    }

    /// <summary>Makes a connected descriptor a connection, on the loop; closes it when the system refuses.</summary>
    internal EpollConnection Wrap(int descriptor)
    {
        var connection = new EpollConnection(this, descriptor);
        try
        {
            Register(descriptor, connection, Native.EpollIn | Native.EpollOut | Native.EpollRdHup | Native.EpollEdge);
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
        _ = Require(Native.Control(_epoll, Native.EpollAdd, descriptor, events, data), "epoll_ctl");
    }

    /// <summary>No event of <paramref name="descriptor"/> from here on, also of those already taken.</summary>
    internal void Unregister(int descriptor)
    {
        _registry.Remove(descriptor);
        _ = Native.Control(_epoll, Native.EpollDelete, descriptor, 0, 0);
    }

    /// <summary>Closes a registered descriptor, which also ends its registration with the kernel.</summary>
    internal void CloseDescriptor(int descriptor)
    {
        _registry.Remove(descriptor);
        _ = Native.Close(descriptor);
    }

    protected override void Wake()
    {
        // A poster may come after the end of the loop, when the number belongs to somebody else's descriptor.
        lock (_wakeLock)
        {
            if (_wake >= 0)
            {
                Native.Signal(_wake);
            }
        }
    }

    protected override int Wait(int timeoutMs)
    {
        var count = Native.Wait(_epoll, _events, timeoutMs);
        return count >= 0 ? count : count == -Native.Intr ? 0 : Require(count, "epoll_wait");
    }

    protected override void Dispatch(int events)
    {
        for (var index = 0; index < events; index++)
        {
            var data = _events.DataAt(index);
            if (data == WakeData)
            {
                Native.Unsignal(_wake);
            }
            else
            {
                _registry.Find(data)?.OnEvents(_events.EventsAt(index));
            }
        }
    }

    protected override int AbortConnects()
    {
        foreach (var connect in _connecting)
        {
            connect.GiveUp();
        }

        return _connecting.Count;
    }

    protected override void Close()
    {
        _ = Native.Close(_epoll);
        lock (_wakeLock)
        {
            _ = Native.Close(_wake);
            _wake = -1;
        }
    }

    private async ValueTask<IConnection> ConnectAsync(EpollConnect connect, CancellationToken aborted)
    {
        _ = _connecting.Add(connect);
        try
        {
            return await connect.RunAsync(aborted);
        }
        finally
        {
            _ = _connecting.Remove(connect);
        }
    }

    private static int Require(int answer, string call) =>
        answer >= 0 ? answer : throw new TransportException($"{call} failed: {Native.Describe(answer)}");
}
