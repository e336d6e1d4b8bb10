using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Router.Transport.Linux;

/// <summary>Between the system's socket addresses and .NET's; <see cref="SocketAddress"/> has the system's layout.</summary>
internal static class SocketAddresses
{
    private const int UnixFamily = 1;
    private const int LengthMax = 128;

    /// <summary>The system's number of the address family, first in every address.</summary>
    public static int FamilyOf(ReadOnlySpan<byte> address) => MemoryMarshal.Read<ushort>(address);

    /// <summary>A descriptor's own or peer address; null when there is none (any more).</summary>
    public static EndPoint? Read(int descriptor, bool isPeer)
    {
        Span<byte> bytes = stackalloc byte[LengthMax];
        var length = Native.GetName(descriptor, bytes, isPeer);
        if (length < sizeof(ushort))
        {
            return null;
        }

        EndPoint template = FamilyOf(bytes) == UnixFamily
            ? new UnixDomainSocketEndPoint("/")
            : new IPEndPoint(length > 16 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var address = new SocketAddress(template.AddressFamily, length);
        bytes[..length].CopyTo(address.Buffer.Span);
        return template.Create(address);
    }
}
