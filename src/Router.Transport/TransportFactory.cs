using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Transport.Epoll;
using Router.Transport.Loops;
using Router.Transport.Sockets;

namespace Router.Transport;

/// <summary>The way in: starts the loops of the back end that the settings ask for.</summary>
public static class TransportFactory
{
    /// <summary>Creates a transport whose loops run until it is disposed.</summary>
    /// <exception cref="TransportException">The back end asked for does not work on this machine.</exception>
    public static ITransport Create(TransportSettings settings, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Loops, 1, nameof(settings));
        var log = logger ?? NullLogger.Instance;
        var kind = Resolve(settings.Kind);
        var loops = new Loop[settings.Loops];
        for (var index = 0; index < loops.Length; index++)
        {
            loops[index] = kind == TransportKind.Epoll
                ? EpollLoop.Open(index, settings, log)
                : new SocketLoop(index, settings, log);
        }

        foreach (var loop in loops)
        {
            loop.Start();
        }

        TransportLog.Started(log, kind, loops.Length);
        return new LoopTransport(loops, settings);
    }

    private static TransportKind Resolve(TransportKind kind) => kind switch
    {
        TransportKind.Auto => OperatingSystem.IsLinux() ? TransportKind.Epoll : TransportKind.Sockets,
        TransportKind.Epoll when !OperatingSystem.IsLinux() =>
            throw new TransportException("transport epoll needs Linux; use auto or sockets"),
        _ => kind,
    };
}
