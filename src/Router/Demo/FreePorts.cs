using System.Net;
using System.Net.Sockets;

namespace Router.Demo;

/// <summary>Loopback ports that nobody listens on at the moment.</summary>
internal static class FreePorts
{
    /// <summary>A port whose successor is free too.</summary>
    public static int TakePair()
    {
        while (true)
        {
            var first = Take(1)[0];
            if (first < ushort.MaxValue && IsFree(first + 1))
            {
                return first;
            }
        }
    }

    public static int[] Take(int count)
    {
        var listeners = new List<TcpListener>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Stop());
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
