using System.Net.Security;
using System.Net.Sockets;

namespace Router.Transport.Tests;

/// <summary>The other end of a connection: a plain socket, or the framework's own TLS on it.</summary>
internal sealed class TestPeer(Socket socket, SslStream? tls = null) : IDisposable
{
    public Socket Socket => socket;

    public SslStream? Tls => tls;

    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (tls is null)
        {
            return await socket.SendAsync(bytes);
        }

        await Unwrap(() => tls.WriteAsync(bytes));
        return bytes.Length;
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> bytes) =>
        tls is null ? socket.ReceiveAsync(bytes) : Unwrap(() => tls.ReadAsync(bytes));

    public void Send(byte[] bytes)
    {
        if (tls is null)
        {
            _ = socket.Send(bytes);
        }
        else
        {
            tls.Write(bytes);
        }
    }

    public int Receive(Span<byte> bytes) => tls is null ? socket.Receive(bytes) : tls.Read(bytes);

    /// <summary>Says that nothing more follows, by TLS where there is TLS, and closes the writing side.</summary>
    public async Task EndAsync()
    {
        await (tls?.ShutdownAsync() ?? Task.CompletedTask);
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>The same, and takes no more.</summary>
    public async Task CloseAsync()
    {
        await EndAsync();
        socket.Close();
    }

    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Dispose()
    {
        socket.Dispose();
        tls?.Dispose();
    }

    private static async ValueTask Unwrap(Func<ValueTask> work)
    {
        try
        {
            await work();
        }
        catch (IOException wrapped) when (wrapped.InnerException is SocketException lost)
        {
            throw lost;
        }
    }

    private static async ValueTask<int> Unwrap(Func<ValueTask<int>> work)
    {
        try
        {
            return await work();
        }
        catch (IOException wrapped) when (wrapped.InnerException is SocketException lost)
        {
            throw lost;
        }
    }
}
