using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Router.Hosting;

/// <summary>
/// Tells systemd how the process is (sd_notify(3)): one datagram to the unix socket that <c>NOTIFY_SOCKET</c> names.
/// Does nothing where the variable is absent. A service manager that does not listen is not our failure.
/// </summary>
/// <param name="address">A path, or a name with <c>@</c> in front for an abstract socket; null: nobody asked.</param>
/// <param name="time">On Linux its timestamps are CLOCK_MONOTONIC, which systemd compares with.</param>
internal sealed class SdNotify(string? address, TimeProvider time)
{
    private const string Variable = "NOTIFY_SOCKET";

    /// <summary>Takes the variable out of the environment, so that PostgreSQL does not speak for us.</summary>
    public static SdNotify FromProcess(TimeProvider time)
    {
        var address = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return new SdNotify(address, time);
    }

    /// <summary>A service manager started this process, and restarts it.</summary>
    public bool IsManaged => !string.IsNullOrEmpty(address);

    public void Ready() => Send("READY=1");

    /// <summary>This process is the service from now on, in the place of the one that was started (NotifyAccess=all).</summary>
    public void Follows() => Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={Environment.ProcessId}"));

    public void Reloading()
    {
        var microseconds = (long)(time.GetTimestamp() * (1_000_000.0 / time.TimestampFrequency));
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    public void Stopping() => Send("STOPPING=1");

    /// <summary>Feeds the service manager's watchdog (<c>WatchdogSec</c>).</summary>
    public void Watchdog() => Send("WATCHDOG=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string sentence) => Send($"STATUS={sentence.ReplaceLineEndings(" ")}");

    private void Send(string message)
    {
        if (string.IsNullOrEmpty(address))
        {
            return;
        }

        var path = address[0] == '@' ? $"\0{address[1..]}" : address;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A full socket of the service manager must not hold us up.
            socket.Blocking = false;
            socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            // The service manager misses one message; it has its own timeouts for that.
        }
    }
}
