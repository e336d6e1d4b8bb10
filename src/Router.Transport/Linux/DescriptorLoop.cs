using System.Net;
using Microsoft.Extensions.Logging;
using Router.Transport.Loops;

namespace Router.Transport.Linux;

/// <summary>What loops of Linux descriptors have in common: how they connect, and how another thread wakes them.</summary>
internal abstract class DescriptorLoop : Loop
{
    private readonly Lock _wakeLock = new();
    private readonly HashSet<DescriptorConnect> _connecting = [];
    private bool _isWakeOpen;

    protected DescriptorLoop(int index, TransportSettings settings, ILogger logger)
        : base(index, settings, logger)
    {
    }

    /// <summary>An event descriptor that another thread writes to.</summary>
    protected int WakeDescriptor { get; private set; } = -1;

    public override ValueTask<IConnection> ConnectAsync(EndPoint endPoint, CancellationToken aborted)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return ConnectAsync(NewConnect(endPoint), aborted);
    }

    /// <summary>Makes a connected descriptor a connection, on the loop; closes it when the system refuses.</summary>
    internal abstract DescriptorConnection Wrap(int descriptor);

    protected abstract DescriptorConnect NewConnect(EndPoint endPoint);

    protected void OpenWake(bool isBlocking)
    {
        WakeDescriptor = Require(Native.CreateEventDescriptor(isBlocking), "eventfd");
        _isWakeOpen = true;
    }

    protected override void Wake()
    {
        // A poster may come after the end of the loop, when the number belongs to somebody else's descriptor.
        lock (_wakeLock)
        {
            if (_isWakeOpen)
            {
                Native.Signal(WakeDescriptor);
            }
        }
    }

    protected void CloseWake()
    {
        lock (_wakeLock)
        {
            if (_isWakeOpen)
            {
                _isWakeOpen = false;
                _ = Native.Close(WakeDescriptor);
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

    protected static int Require(int answer, string call) =>
        answer >= 0 ? answer : throw new TransportException($"{call} failed: {Native.Describe(answer)}");

    private async ValueTask<IConnection> ConnectAsync(DescriptorConnect connect, CancellationToken aborted)
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
}
