using System.Net.Sockets;
using System.Text;

namespace Router.Integration.Tests;

/// <summary>What systemd would hear: the datagrams of sd_notify, in order.</summary>
internal sealed class NotifySocket : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket(string path)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        Path = path;
    }

    public string Path { get; }

    public async Task<string> NextAsync()
    {
        using var bound = new CancellationTokenSource(Bound);
        var buffer = new byte[4096];
        var length = await _socket.ReceiveAsync(buffer.AsMemory(), bound.Token);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose() => _socket.Dispose();
}
