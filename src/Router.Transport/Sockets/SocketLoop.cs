using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Transport.Loops;

namespace Router.Transport.Sockets;

/// <summary>A loop whose events are the completions of .NET sockets, posted to it by the runtime's own threads.</summary>
internal sealed class SocketLoop : Loop
{
    private readonly object _gate = new();
    private readonly HashSet<Socket> _connecting = [];
    private bool _isWoken;

    public SocketLoop(int index, TransportSettings settings, ILogger logger)
        : base(index, settings, logger)
    {
    }

    public override async ValueTask<IConnection> ConnectAsync(EndPoint endPoint, CancellationToken aborted)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var isUnix = endPoint.AddressFamily == AddressFamily.Unix;
        Socket? socket = null;
        try
        {
            socket = new Socket(
                endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
            _ = _connecting.Add(socket);
            await socket.ConnectAsync(endPoint, aborted);
        }
        catch (Exception failure)
            when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket?.Dispose();
            var reason = failure is SocketException ? failure.Message : "given up before it was connected";
            throw new TransportException($"cannot connect to {endPoint}: {reason}", failure);
        }
        finally
        {
            if (socket is not null)
            {
                _ = _connecting.Remove(socket);
            }
        }

        Expect();
        return Adopt(socket);
    }

    public override ITransportListener Listen(EndPoint endPoint, ListenOptions options, Acceptor acceptor)
    {
        var listener = new SocketListener(this, ListeningSocket.Open(endPoint, options, Settings.Tcp), acceptor);
        listener.Start();
        return listener;
    }

    /// <summary>Wraps a connected socket that was counted by <see cref="Loop.Expect"/>; on the loop.</summary>
    internal SocketConnection Adopt(Socket socket)
    {
        socket.Blocking = false;
        TcpTuning.Apply(socket, Settings.Tcp);
        var connection = new SocketConnection(this, socket);
        Adopt(connection);
        return connection;
    }

    protected override void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Monitor.Pulse(_gate);
        }
    }

    protected override int Wait(int timeoutMs)
    {
        lock (_gate)
        {
            if (!_isWoken && timeoutMs != 0)
            {
                _ = Monitor.Wait(_gate, timeoutMs);
            }

            _isWoken = false;
        }

        return 0;
    }

    protected override void Dispatch(int events)
    {
        // Every event is posted work.
    }

    protected override int AbortConnects()
    {
        foreach (var socket in _connecting)
        {
            socket.Dispose();
        }

        return _connecting.Count;
    }

    protected override void Close()
    {
        // Owns nothing but its connections.
    }
}
