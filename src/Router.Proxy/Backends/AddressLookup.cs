using System.Net;
using System.Net.Sockets;
using Router.Cluster;

namespace Router.Proxy.Backends;

/// <summary>Asks the system where a configured address is.</summary>
internal static class AddressLookup
{
    /// <exception cref="SocketException">The name is not known.</exception>
    public static async Task<IReadOnlyList<EndPoint>> ResolveAsync(MemberAddress address, CancellationToken aborted)
    {
        if (address.IsUnixSocket)
        {
            var path = address.SocketPath;
            return [new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path)];
        }

        if (IPAddress.TryParse(address.Host, out var literal))
        {
            return [new IPEndPoint(literal, address.Port)];
        }

        var found = await Dns.GetHostAddressesAsync(address.Host, aborted);
        return [.. found.Select(ip => new IPEndPoint(ip, address.Port))];
    }
}
