using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Hosting.PgBouncer;

/// <summary>Where a proxy listens by listen_addr, listen_port and unix_socket_dir.</summary>
internal static class ListenAddresses
{
    /// <exception cref="SocketException">A name has no address; says which.</exception>
    public static ImmutableArray<EndPoint> Of(SettingValues settings)
    {
        var port = settings.Of(SettingTable.ListenPort);
        var addresses = settings.Of(SettingTable.ListenAddr)
            .SelectMany(AddressesOf)
            .Distinct()
            .Select(address => (EndPoint)new IPEndPoint(address, port));
        return [.. addresses, .. UnixSocket(settings.Of(SettingTable.UnixSocketDir), port)];
    }

    /// <summary>The file of the unix socket; null where there is none.</summary>
    public static string? SocketFile(SettingValues settings) => settings.Of(SettingTable.UnixSocketDir) is { Length: > 0 } directory
        && directory[0] != '@' ? Path.Combine(directory, $".s.PGSQL.{settings.Of(SettingTable.ListenPort)}") : null;

    private static IEnumerable<IPAddress> AddressesOf(string host)
    {
        if (host == "*")
        {
            return Socket.OSSupportsIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];
        }

        try
        {
            return IPAddress.TryParse(host.Trim('[', ']'), out var address) ? [address] : Dns.GetHostAddresses(host);
        }
        catch (SocketException unknown)
        {
            throw new SocketException((int)unknown.SocketErrorCode, $"listen_addr: {host} has no address: {unknown.Message}");
        }
    }

    private static IEnumerable<EndPoint> UnixSocket(string directory, int port)
    {
        if (directory.Length > 0)
        {
            var path = $"{directory}/.s.PGSQL.{port}";
            yield return new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path);
        }
    }
}
