using System.Net;
using System.Net.Sockets;
using Router.Transport.Loops;

namespace Router.Transport.Tests;

/// <summary>One transport, and plain sockets or the framework's TLS as the peers of its connections.</summary>
internal sealed class TransportHarness : IAsyncDisposable
{
    /// <summary>Generous: reached only by a defect.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly List<IDisposable> _owned = [];

    private readonly Lazy<TlsPair>? _tls;

    /// <param name="isTls">What <see cref="AcceptAsync"/> gives is secured.</param>
    public TransportHarness(TransportSettings settings, bool isTls = false)
        : this(TransportFactory.Create(settings), isTls)
    {
    }

    public TransportHarness(ITransport transport, bool isTls = false)
    {
        Transport = transport;
        _tls = isTls ? new Lazy<TlsPair>(() => Own(new TlsPair())) : null;
    }

    public bool IsTls => _tls is not null;

    public ITransport Transport { get; }

    public IEventLoop Loop => Transport.Loops[0];

    public Loop OwnLoop => (Loop)Loop;

    public Task OnLoop(Func<Task> work) => Loop.RunAsync(work).WaitAsync(Bound);

    public Task<T> OnLoop<T>(Func<Task<T>> work) => Loop.RunAsync(work).WaitAsync(Bound);

    public Task<T> OnLoop<T>(Func<T> work) => Loop.RunAsync(() => Task.FromResult(work())).WaitAsync(Bound);

    /// <summary>An accepted connection and its other end, secured where the harness is.</summary>
    public async Task<(IConnection Connection, TestPeer Peer)> AcceptAsync(int peerBufferBytes = 0)
    {
        var (connection, socket) = await AcceptPlainAsync(peerBufferBytes);
        return _tls is null ? (connection, Own(new TestPeer(socket))) : (connection, await SecureAsync(connection, socket));
    }

    /// <summary>An accepted connection and the plain socket at its other end.</summary>
    public async Task<(IConnection Connection, Socket Peer)> AcceptPlainAsync(int peerBufferBytes = 0)
    {
        var accepted = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = Transport.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), accepted.SetResult);
        var peer = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        if (peerBufferBytes > 0)
        {
            peer.ReceiveBufferSize = peerBufferBytes;
        }

        await peer.ConnectAsync(listener.LocalEndPoint).WaitAsync(Bound);
        return (await accepted.Task.WaitAsync(Bound), peer);
    }

    private async Task<TestPeer> SecureAsync(IConnection connection, Socket socket)
    {
        var pair = _tls!.Value;
        var accepting = OnLoop(async () => await connection.SecureAsync(pair.Server, null, CancellationToken.None));
        var peer = Own(await pair.ConnectAsync(socket).WaitAsync(Bound));
        _ = await accepting;
        return peer;
    }

    public T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>Blocks of the loop's pool in use, once nothing runs.</summary>
    public Task<int> BlocksInUseAsync() => OnLoop(() => OwnLoop.Blocks.InUse);

    public async ValueTask DisposeAsync()
    {
        foreach (var disposable in _owned)
        {
            disposable.Dispose();
        }

        await Transport.DisposeAsync().AsTask().WaitAsync(Bound);
    }

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), bound.Token);
        }
    }
}
