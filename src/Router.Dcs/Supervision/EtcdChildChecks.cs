using System.Net;
using System.Net.Sockets;

namespace Router.Dcs.Supervision;

/// <summary>What must hold before etcd is started, so that its own obscure complaints are never the first to be read.</summary>
internal static class EtcdChildChecks
{
    /// <exception cref="EtcdChildException">Something does not hold.</exception>
    public static string Require(EtcdChildSettings settings)
    {
        var program = FindProgram(settings.Program);
        RequireWritable(settings.DataDirectory);
        RequireFree(settings.ClientUrl, "client");
        RequireFree(settings.PeerUrl, "peer");
        return program;
    }

    private static string FindProgram(string name)
    {
        var candidates = name.Contains('/', StringComparison.Ordinal)
            ? [name]
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(directory => Path.Combine(directory, name));
        return candidates.FirstOrDefault(File.Exists) ?? throw new EtcdChildException(
            $"The program '{name}' is not installed; install the package etcd-server (Debian: apt-get install etcd-server).");
    }

    private static void RequireWritable(string directory)
    {
        try
        {
            _ = OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(directory)
                : Directory.CreateDirectory(
                    directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var probe = Path.Combine(directory, ".writable");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EtcdChildException($"The data directory {directory} cannot be written: {error.Message}", error);
        }
    }

    private static void RequireFree(Uri url, string purpose)
    {
        try
        {
            var address = IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal)
                ? literal
                : Dns.GetHostAddresses(url.Host)[0];
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            // As etcd itself does it: connections of a former life in TIME_WAIT do not count.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, url.Port));
            socket.Listen(1);
        }
        catch (SocketException error)
        {
            throw new EtcdChildException(
                $"etcd's {purpose} address {url.Authority} cannot be used: {error.Message}; stop what listens there, or "
                + "choose another one.",
                error);
        }
    }
}
