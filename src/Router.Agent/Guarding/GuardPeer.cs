using System.Net.Sockets;

namespace Router.Agent.Guarding;

/// <summary>One accepted connection of the guard's loop.</summary>
internal sealed class GuardPeer(Socket socket, int pid) : IDisposable
{
    public int Pid => pid;

    public int Fd => (int)socket.Handle;

    /// <summary>Length of the message; 0 when the peer has closed, -1 when there is none yet.</summary>
    public int Receive(Span<byte> buffer)
    {
        var length = socket.Receive(buffer, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => length,
            SocketError.WouldBlock => -1,
            _ => 0,
        };
    }

    /// <summary>An agent that does not read its answers loses them.</summary>
    public void Send(ReadOnlySpan<byte> message) => _ = socket.Send(message, SocketFlags.None, out _);

    public void Dispose() => socket.Dispose();
}
