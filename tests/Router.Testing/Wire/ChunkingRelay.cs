using System.Net;
using System.Net.Sockets;

namespace Router.Testing.Wire;

/// <summary>Stands before a server and passes every byte on, both ways, in pieces.</summary>
public sealed class ChunkingRelay : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _aborted = new();
    private readonly IPEndPoint _server;
    private readonly Chunking _chunking;
    private readonly Task _running;
    private int _streams;

    public ChunkingRelay(IPEndPoint server, Chunking chunking)
    {
        _server = server;
        _chunking = chunking;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _aborted.CancelAsync();
        await _running;
        _listener.Dispose();
        _aborted.Dispose();
    }

    private async Task RunAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptAsync(_aborted.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_server, _aborted.Token);
                await Task.WhenAll(PassAsync(client, server), PassAsync(server, client));
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone, and with it the connection.
            }
        }
    }

    /// <summary>Ends the other side too, whichever way this one ends.</summary>
    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        var chunkLength = _chunking.Begin(_streams++);
        var sent = 0;
        try
        {
            for (var count = -1; count != 0;)
            {
                count = await from.ReceiveAsync(buffer, _aborted.Token);
                for (var at = 0; at < count;)
                {
                    var length = Math.Min(chunkLength(sent), count - at);
                    at += await to.SendAsync(buffer.AsMemory(at, length), _aborted.Token);
                    sent += length;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            from.Close();
            to.Close();
        }
    }
}
