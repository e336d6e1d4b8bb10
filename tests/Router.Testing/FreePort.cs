using System.Net;
using System.Net.Sockets;

namespace Router.Testing;

/// <summary>Ports for servers that must be told theirs before they start.</summary>
public static class FreePort
{
    /// <summary>Distinct ports of 127.0.0.1 that were free a moment ago.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }
}
