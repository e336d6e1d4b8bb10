using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Router.Transport.Loops;

namespace Router.Transport.Sockets;

/// <summary>
/// A connection on a .NET socket. Bytes move by non-blocking calls on the loop; readiness to read comes from a receive of
/// zero bytes, readiness to write from an asynchronous send of the first held block.
/// </summary>
internal sealed class SocketConnection : StreamConnection
{
    private readonly Socket _socket;
    private SocketAsyncEventArgs? _receiving;
    private SocketAsyncEventArgs? _sending;
    private bool _isReceiving;
    private bool _isSending;
    private int _receiveError;

    public SocketConnection(Loop loop, Socket socket)
        : base(loop) => _socket = socket;

    internal override void ArmRead()
    {
        if (_isReceiving || IsClosed || IsReadable || IsInputEnded)
        {
            return;
        }

        if (_receiving is null)
        {
            _receiving = new SocketAsyncEventArgs { UserToken = this };
            _receiving.SetBuffer([], 0, 0);
            _receiving.Completed += static (_, args) => PostReceived(args);
        }

        _isReceiving = true;
        if (!_socket.ReceiveAsync(_receiving))
        {
            PostReceived(_receiving);
        }
    }

    internal override void ArmWrite()
    {
        if (_isSending || IsClosed)
        {
            return;
        }

        if (_sending is null)
        {
            _sending = new SocketAsyncEventArgs { UserToken = this };
            _sending.Completed += static (_, args) => PostSent(args);
        }

        if (Leaving.IsEmpty)
        {
            HoldBorrowed(BlockPool.BlockBytes);
        }

        _isSending = true;
        _sending.SetBuffer(MemoryMarshal.AsMemory(Leaving.First));
        if (!_socket.SendAsync(_sending))
        {
            PostSent(_sending);
        }
    }

    protected override int ReceiveCore(Span<byte> target)
    {
        if (_receiveError != 0)
        {
            return _receiveError;
        }

        var count = _socket.Receive(target, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : error == SocketError.WouldBlock ? WouldBlock : -(int)error;
    }

    protected override int SendCore(ReadOnlySpan<byte> bytes)
    {
        var count = _socket.Send(bytes, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : error == SocketError.WouldBlock ? WouldBlock : -(int)error;
    }

    protected override void ShutdownCore()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer is gone; the next receive says so.
        }
    }

    protected override bool CloseCore(bool isReset)
    {
        if (isReset)
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        else
        {
            // Without it .NET resets a connection on which its own zero-byte receive waits.
            ShutdownCore();
        }

        _socket.Dispose();
        if (!_isReceiving)
        {
            _receiving?.Dispose();
        }

        if (!_isSending)
        {
            _sending?.Dispose();
        }

        return _isSending;
    }

    protected override string Describe(int error) => new SocketException(-error).Message;

    protected override EndPoint? ReadLocalEndPoint()
    {
        try
        {
            return _socket.LocalEndPoint;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    protected override EndPoint? ReadRemoteEndPoint()
    {
        try
        {
            return _socket.RemoteEndPoint;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    protected override PeerCredentials? ReadPeerCredentials()
    {
        const int SolSocket = 1;
        const int SoPeerCredentials = 17;
        if (!OperatingSystem.IsLinux() || _socket.AddressFamily != AddressFamily.Unix)
        {
            return null;
        }

        Span<int> words = stackalloc int[3];
        _ = _socket.GetRawSocketOption(SolSocket, SoPeerCredentials, MemoryMarshal.AsBytes(words));
        return new PeerCredentials(words[0], (uint)words[1], (uint)words[2]);
    }

    private static void PostReceived(SocketAsyncEventArgs args)
    {
        var connection = (SocketConnection)args.UserToken!;
        connection.OwnLoop.Post(static state => ((SocketConnection)state!).OnReceived(), connection);
    }

    private static void PostSent(SocketAsyncEventArgs args)
    {
        var connection = (SocketConnection)args.UserToken!;
        connection.OwnLoop.Post(static state => ((SocketConnection)state!).OnSent(), connection);
    }

    private void OnReceived()
    {
        _isReceiving = false;
        if (IsClosed)
        {
            _receiving!.Dispose();
            return;
        }

        if (_receiving!.SocketError != SocketError.Success)
        {
            // The system reports an error once, and this call was the one that took it.
            _receiveError = -(int)_receiving.SocketError;
        }

        OnReadable(isPeerClosing: false);
    }

    private void OnSent()
    {
        _isSending = false;
        if (IsClosed)
        {
            _sending!.Dispose();
            return;
        }

        if (_sending!.SocketError != SocketError.Success)
        {
            FailSend(Describe(-(int)_sending.SocketError));
        }

        OnSent(_sending.BytesTransferred);
    }
}
