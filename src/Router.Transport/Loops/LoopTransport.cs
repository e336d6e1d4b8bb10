using System.Net;

namespace Router.Transport.Loops;

/// <summary>The loops of one back end and the listeners on them.</summary>
internal sealed class LoopTransport : ITransport
{
    private readonly Loop[] _loops;
    private readonly TransportSettings _settings;
    private readonly Lock _lock = new();
    private readonly List<ITransportListener> _listeners = [];

    public LoopTransport(Loop[] loops, TransportSettings settings)
    {
        _loops = loops;
        _settings = settings;
    }

    public IReadOnlyList<IEventLoop> Loops => _loops;

    public ITransportListener Listen(EndPoint endPoint, ListenOptions options, Action<IConnection> onAccepted)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(onAccepted);
        var listener = _loops[0].Listen(
            endPoint, options, new Acceptor(_loops, _settings.SpreadAfter, onAccepted));
        lock (_lock)
        {
            _listeners.Add(listener);
        }

        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        ITransportListener[] listeners;
        lock (_lock)
        {
            listeners = [.. _listeners];
            _listeners.Clear();
        }

        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }

        await Task.WhenAll(_loops.Select(loop => loop.StopAsync()));
    }
}
