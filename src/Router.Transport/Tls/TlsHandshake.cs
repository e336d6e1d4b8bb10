using Router.Transport.Loops;

namespace Router.Transport.Tls;

/// <summary>A handshake under way: steps whenever the socket has something or takes something.</summary>
internal sealed class TlsHandshake(StreamConnection connection, TlsChannel channel)
{
    private readonly LoopSignal<bool> _progress = new(connection.OwnLoop);

    /// <summary>The socket, or the connection itself, has changed.</summary>
    public void OnProgress() => _progress.TrySet(true);

    /// <exception cref="TlsHandshakeException">It failed, or the connection was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token fired first; the connection is of no use any more.</exception>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var registration = aborted.UnsafeRegister(
            static state =>
            {
                var (handshake, loop) = ((TlsHandshake, Loop))state!;
                loop.Post(static state => ((TlsHandshake)state!).OnProgress(), handshake);
            },
            (this, connection.OwnLoop));
        aborted.ThrowIfCancellationRequested();
        while (!channel.Handshake())
        {
            connection.ArmRead();
            await _progress.WaitAsync();
            aborted.ThrowIfCancellationRequested();
            if (connection.IsClosed)
            {
                throw new TlsHandshakeException(connection.ReceiveFailure!.Message);
            }
        }
    }
}
