using System.Buffers.Binary;
using System.Net.Sockets;

namespace Router.Agent.Guarding;

/// <summary>The unix socket between agent and guard.</summary>
internal static class PeerSocket
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int CredentialLength = 12;

    public static Socket Create() =>
        new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified) { Blocking = false };

    /// <summary>Who is at the other end, as the kernel noted it at connect or listen.</summary>
    public static (int Pid, uint Uid) Credentials(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[CredentialLength];
        _ = socket.GetRawSocketOption(SolSocket, SoPeerCred, bytes);
        return (BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
    }
}
