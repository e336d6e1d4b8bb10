using System.Net.Sockets;
using System.Text;
using Router.Hosting;

namespace Router.Command.Tests.Hosting;

public sealed class SdNotifyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("router-notify-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_arrive_at_sockets_of_both_kinds(bool isAbstract)
    {
        var name = Path.Combine(_directory, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{name}" : name));
        var notify = new SdNotify(isAbstract ? $"@{name}" : name, TimeProvider.System);

        notify.Ready();
        Assert.Equal("READY=1", Receive(manager));
        notify.Reloading();
        Assert.Matches(@"^RELOADING=1\nMONOTONIC_USEC=\d+$", Receive(manager));
        notify.Status("a\nb");
        Assert.Equal("STATUS=a b", Receive(manager));
        notify.Watchdog();
        Assert.Equal("WATCHDOG=1", Receive(manager));
        notify.Stopping();
        Assert.Equal("STOPPING=1", Receive(manager));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nowhere/notify")]
    public void Nobody_to_tell_is_no_failure(string? address) => new SdNotify(address, TimeProvider.System).Ready();

    private static string Receive(Socket manager)
    {
        manager.ReceiveTimeout = 60_000;
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));
    }
}
