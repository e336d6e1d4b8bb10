using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Transport.Epoll;
using Router.Transport.Loops;
using Router.Transport.Sockets;
using Router.Transport.Uring;

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
        if (Refusal(settings.Kind) is { } refusal)
        {
            throw new TransportException(refusal);
        }

        var kind = Choose(settings.Kind, log);
        var loops = new Loop[settings.Loops];
        for (var index = 0; index < loops.Length; index++)
        {
            loops[index] = kind switch
            {
                TransportKind.Epoll => EpollLoop.Open(index, settings, log),
                TransportKind.IoUring => UringLoop.Open(index, settings, log),
                _ => new SocketLoop(index, settings, log),
            };
        }

        foreach (var loop in loops)
        {
            loop.Start();
        }

        TransportLog.Started(log, kind, loops.Length);
        return new LoopTransport(loops, settings);
    }

    /// <summary>Why this back end does not work on this machine, and what to do; null: it does.</summary>
    public static string? Refusal(TransportKind kind) => kind switch
    {
        TransportKind.Epoll or TransportKind.IoUring when !OperatingSystem.IsLinux() =>
            "transports epoll and io_uring need Linux; use auto or sockets",
        TransportKind.IoUring when UringProbe.Refusal() is { } refusal =>
            $"transport io_uring does not work here: {refusal}; use auto or epoll",
        _ => null,
    };

    private static TransportKind Choose(TransportKind kind, ILogger log)
    {
        if (kind != TransportKind.Auto)
        {
            return kind;
        }

        if (!OperatingSystem.IsLinux())
        {
            return TransportKind.Sockets;
        }

        if (UringProbe.Refusal() is not { } refusal)
        {
            return TransportKind.IoUring;
        }

        TransportLog.UringRefused(log, refusal);
        return TransportKind.Epoll;
    }
}
