using System.Diagnostics;
using System.IO.Pipelines;
using Router.Transport.Tls;

namespace Router.Transport.Loops;

/// <summary>
/// A connection as every readiness back end sees it: what is held on its way to the socket and from it, and who is to be
/// told.
/// </summary>
/// <remarks>
/// Invariants. Bytes leave in the
/// order sealed by TLS, Outgoing, then the writer's borrowed memory. Exactly one of reader and relay consumes received bytes. Whoever
/// is completed from inside another connection's call is completed by posted work, never inside that call.
/// </remarks>
internal abstract class StreamConnection : Wire, IConnection
{
    private readonly ConnectionReader _reader;
    private readonly ConnectionWriter _writer;
    private ByteQueue _incoming;
    private ByteQueue _outgoing;
    private TurnMeter _meter;
    private bool _isShutdownAsked;
    private bool _isShutdown;
    private IReadinessWatcher? _watcher;
    private TlsChannel? _tls;
    private TlsHandshake? _handshake;

    protected StreamConnection(Loop loop)
        : base(loop)
    {
        _incoming = new ByteQueue(loop.Blocks);
        _outgoing = new ByteQueue(loop.Blocks);
        _reader = new ConnectionReader(this);
        _writer = new ConnectionWriter(this);
    }

    public IEventLoop Loop => OwnLoop;

    public PipeReader Input => _reader;

    public PipeWriter Output => _writer;

    public TlsFacts? Tls { get; private set; }

    public bool IsReadReady => !_incoming.IsEmpty || IsReadable || IsInputEnded || ReceiveFailure is not null;

    /// <summary>Received and not yet consumed.</summary>
    internal ref ByteQueue Incoming => ref _incoming;

    /// <summary>To be sent; neither TLS nor the socket has taken it.</summary>
    internal ref ByteQueue Outgoing => ref _outgoing;

    /// <summary>Bytes that are held for the socket, sealed ones too.</summary>
    internal long HeldLength => _outgoing.Length + (_tls?.Sealed.Length ?? 0);

    /// <summary>The socket has taken everything.</summary>
    internal bool IsDrained => _outgoing.IsEmpty && _tls is not { Sealed.IsEmpty: false };

    internal bool IsReadable => IsWireReadable || _tls is { HasMore: true };

    internal bool IsInputEnded { get; private set; }

    internal bool IsShutdown => _isShutdownAsked;

    internal bool IsRequeued { get; set; }

    /// <summary>The direction of a relay that takes this connection's bytes.</summary>
    internal RelayDirection? AsSource { get; set; }

    /// <summary>The direction of a relay that sends to this connection.</summary>
    internal RelayDirection? AsSink { get; set; }

    internal bool IsReadPending => _reader.IsPending;

    internal bool IsWritePending => _writer.IsPending;

    /// <summary>Bytes moved in this turn, by reads and writes of the owner or as the source of a relay.</summary>
    internal int MovedBytes => _meter.Moved(OwnLoop);

    public void Watch(IReadinessWatcher watcher)
    {
        _watcher = watcher;
        ArmRead();
    }

    public void Push()
    {
        if (!IsClosed)
        {
            SendHeld();
        }
    }

    public void Abort()
    {
        if (!IsClosed)
        {
            Close(isReset: !IsDrained || IsWritePending);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!OwnLoop.IsCurrent)
        {
            return IsClosed ? ValueTask.CompletedTask : new ValueTask(OwnLoop.RunAsync(() => DisposeAsync().AsTask()));
        }

        if (IsClosed)
        {
            return ValueTask.CompletedTask;
        }

        _reader.Complete();
        if (IsDrained && !IsWritePending)
        {
            CloseCleanly();
            return ValueTask.CompletedTask;
        }

        return DeliverAndCloseAsync();
    }

    public async ValueTask<TlsFacts> SecureAsync(TlsContext context, string? serverName, CancellationToken aborted)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_tls is not null || AsSource is not null || AsSink is not null || IsReadPending || !IsDrained || IsWritePending)
        {
            throw new InvalidOperationException("a connection that is secured, or has work under way, cannot be secured");
        }

        if (IsClosed)
        {
            throw ReceiveFailure!;
        }

        _tls = new TlsChannel(this, context, serverName, ref _incoming);
        _reader.OnRelayed();
        _handshake = new TlsHandshake(this, _tls);
        try
        {
            await _handshake.RunAsync(aborted);
            Tls = _tls.ReadFacts();
        }
        finally
        {
            _handshake = null;
        }

        return Tls;
    }

    internal void CountMoved(int bytes) => _meter.Count(OwnLoop, bytes);

    /// <summary>One receive, if there may be bytes.</summary>
    internal ReceiveStatus Receive(Span<byte> target, out int count)
    {
        Debug.Assert(OwnLoop.IsCurrent, "a connection is read on its own loop");
        count = 0;
        if (ReceiveFailure is not null)
        {
            return ReceiveStatus.Failed;
        }

        if (IsInputEnded)
        {
            return ReceiveStatus.Ended;
        }

        var status = _tls is { } tls ? tls.Receive(target, out count) : ReceiveWire(target, out count);
        CountMoved(count);
        IsInputEnded = status == ReceiveStatus.Ended;
        return status;
    }

    /// <summary>Sends as much as the socket takes now; says how much is out of the caller's hands.</summary>
    internal int Send(ReadOnlySpan<byte> bytes) => _tls is { } tls ? tls.Send(bytes) : SendWire(bytes);

    /// <summary>Sends, and holds what the socket does not take. The bytes need not live longer than the call.</summary>
    internal void SendOrHold(ReadOnlySpan<byte> bytes)
    {
        if (!IsDrained)
        {
            _outgoing.Append(bytes);
            SendHeld();
            return;
        }

        var sent = Send(bytes);
        if (sent < bytes.Length && SendFailure is null)
        {
            _outgoing.Append(bytes[sent..]);
            ArmWrite();
        }
    }

    /// <summary>Sends what is held, as much as the socket takes; closes the writing side behind it where asked.</summary>
    internal void SendHeld()
    {
        Debug.Assert(OwnLoop.IsCurrent, "a connection is written to on its own loop");
        if (_tls is { } tls)
        {
            tls.SendHeld(ref _outgoing);
        }
        else
        {
            while (!_outgoing.IsEmpty && IsWritable && SendFailure is null)
            {
                _outgoing.Consume(SendWire(_outgoing.First.Span));
            }
        }

        if (SendFailure is not null)
        {
            _outgoing.Clear();
        }
        else if (!IsDrained)
        {
            ArmWrite();
        }
        else if (_isShutdownAsked && !_isShutdown && !IsWritePending)
        {
            ShutdownWire();
        }
    }

    internal void ShutdownOutput()
    {
        if (!IsClosed && !_isShutdownAsked)
        {
            _isShutdownAsked = true;
            SendHeld();
        }
    }

    /// <summary>The system says that a receive will not wait.</summary>
    internal void OnReadable(bool isPeerClosing)
    {
        IsWireReadable = true;
        IsPeerClosing |= isPeerClosing;
        if (AsSource is null && !_reader.IsPending && _handshake is null && !IsClosed)
        {
            _watcher?.OnReadable(IsPeerClosing);
            return;
        }

        NotifyReadable();
    }

    /// <summary>The system says that a send will not wait.</summary>
    internal void OnWritable()
    {
        IsWritable = true;
        NotifyWritable();
    }

    /// <summary>Another share after a spent budget.</summary>
    internal void OnTurn()
    {
        NotifyWritable();
        NotifyReadable();
    }

    /// <summary>For a back end whose sends complete later: somebody goes on when the held bytes have left.</summary>
    protected bool IsWriteAwaited =>
        IsWritePending || _isShutdownAsked || _handshake is not null || AsSink is { IsPaused: true };

    /// <summary>Where bytes of the socket wait to be received: for a back end that must give up its own buffers.</summary>
    protected ref ByteQueue Arrived => ref (_tls is null ? ref _incoming : ref _tls.Unopened);

    /// <summary>What the socket is to get next: for a back end whose sends complete later.</summary>
    protected ref ByteQueue Leaving => ref (_tls is null ? ref _outgoing : ref _tls.Sealed);

    /// <summary>For a back end whose sends complete later: moves borrowed bytes to where they stay.</summary>
    protected void HoldBorrowed(int bytesMax) => _writer.HoldBorrowed(bytesMax);

    /// <summary>For a back end whose sends complete later: <paramref name="count"/> of the held bytes are sent.</summary>
    protected void OnSent(int count)
    {
        if (!IsClosed)
        {
            Leaving.Consume(count);
            OnWritable();
        }
    }

    private void NotifyReadable()
    {
        if (IsClosed)
        {
            return;
        }

        if (AsSource is { } direction)
        {
            direction.Pump();
        }
        else
        {
            _handshake?.OnProgress();
            _reader.OnReadable();
        }
    }

    private void NotifyWritable()
    {
        if (IsClosed)
        {
            return;
        }

        if (!IsDrained || _isShutdownAsked)
        {
            SendHeld();
        }

        if (AsSink is { } direction)
        {
            direction.OnSinkWritable();
        }
        else
        {
            _handshake?.OnProgress();
            _writer.OnWritable();
        }
    }

    private void ShutdownWire()
    {
        _tls?.SayEnd();
        if (!IsDrained)
        {
            // The peer's TLS has first to hear that nothing follows; the socket takes it later.
            return;
        }

        _isShutdown = true;
        ShutdownCore();
    }

    private async ValueTask DeliverAndCloseAsync()
    {
        ShutdownOutput();
        using var timeout = new CancellationTokenSource(OwnLoop.Settings.CloseTimeout, OwnLoop.Time);
        try
        {
            await _writer.WhenDrainedAsync(timeout.Token);
        }
        catch (Exception failure) when (failure is TransportException or OperationCanceledException)
        {
            // The peer is gone or does not read: what is held is lost with the connection.
            Abort();
            return;
        }

        CloseCleanly();
    }

    /// <summary>
    /// Closes without bytes left to send. Received bytes that nobody read would make the system send a reset, which can
    /// overtake the last answer at the peer; so what has arrived is thrown away first, within one scratch.
    /// </summary>
    private void CloseCleanly()
    {
        if (IsClosed)
        {
            return;
        }

        _tls?.SayEnd();
        _ = ReceiveWire(OwnLoop.Scratch, out _);
        Close(isReset: false);
    }

    private void Close(bool isReset)
    {
        Debug.Assert(OwnLoop.IsCurrent, "a connection is closed on its own loop");
        IsClosed = true;
        var isHeadBorrowed = CloseCore(isReset);
        _outgoing.Clear(isHeadBorrowed && _tls is null);
        _tls?.Free(isHeadBorrowed);
        _tls = null;
        OwnLoop.Forget(this);
        OwnLoop.Post(static connection => ((StreamConnection)connection!).TellClosed(), this);
    }

    private void TellClosed()
    {
        AsSource?.Relay.OnClosed(this);
        _handshake?.OnProgress();
        _reader.OnReadable();
        _writer.OnWritable();
        _watcher?.OnReadable(isPeerClosing: true);
        if (!_reader.IsHandedOut)
        {
            _incoming.Clear();
        }
    }
}
