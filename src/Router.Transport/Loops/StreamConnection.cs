using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;

namespace Router.Transport.Loops;

/// <summary>
/// A connection as every readiness back end sees it: what is known of the socket, what is held, and who is to be told.
/// A back end adds the five system calls.
/// </summary>
/// <remarks>
/// Invariants. Readiness is remembered, not asked for: <see cref="IsReadable"/> and <see cref="IsWritable"/> are set by
/// events and cleared by a call that found nothing, so a paused reader that goes on reads at once. Bytes leave in the
/// order Outgoing, then the writer's borrowed memory. Exactly one of reader and relay consumes received bytes. Whoever
/// is completed from inside another connection's call is completed by posted work, never inside that call.
/// </remarks>
internal abstract class StreamConnection : IConnection
{
    /// <summary>The answer of a system call that would have to wait.</summary>
    protected const int WouldBlock = int.MinValue;

    private readonly ConnectionReader _reader;
    private readonly ConnectionWriter _writer;
    private ByteQueue _incoming;
    private ByteQueue _outgoing;
    private TransportException? _receiveFailure;
    private TransportException? _sendFailure;
    private TurnMeter _meter;
    private bool _isShutdownAsked;
    private bool _isShutdown;
    private IReadinessWatcher? _watcher;
    private EndPoint? _local;
    private EndPoint? _remote;

    protected StreamConnection(Loop loop)
    {
        OwnLoop = loop;
        _incoming = new ByteQueue(loop.Blocks);
        _outgoing = new ByteQueue(loop.Blocks);
        _reader = new ConnectionReader(this);
        _writer = new ConnectionWriter(this);
    }

    public IEventLoop Loop => OwnLoop;

    public PipeReader Input => _reader;

    public PipeWriter Output => _writer;

    public EndPoint? LocalEndPoint => _local ??= IsClosed ? null : ReadLocalEndPoint();

    public EndPoint? RemoteEndPoint => _remote ??= IsClosed ? null : ReadRemoteEndPoint();

    public PeerCredentials? PeerCredentials => IsClosed ? null : ReadPeerCredentials();

    public bool IsReadReady => !_incoming.IsEmpty || IsReadable || IsInputEnded || ReceiveFailure is not null;

    internal Loop OwnLoop { get; }

    /// <summary>Received and not yet consumed.</summary>
    internal ref ByteQueue Incoming => ref _incoming;

    /// <summary>To be sent; the socket has not taken it.</summary>
    internal ref ByteQueue Outgoing => ref _outgoing;

    internal bool IsReadable { get; private set; }

    internal bool IsWritable { get; private set; } = true;

    internal bool IsClosed { get; private set; }

    internal bool IsInputEnded { get; private set; }

    internal bool IsShutdown => _isShutdownAsked;

    internal bool IsRequeued { get; set; }

    internal TransportException? ReceiveFailure => _receiveFailure ??= IsClosed ? ClosedFailure() : null;

    internal TransportException? SendFailure => _sendFailure ??= IsClosed ? ClosedFailure() : null;

    /// <summary>The direction of a relay that takes this connection's bytes.</summary>
    internal RelayDirection? AsSource { get; set; }

    /// <summary>The direction of a relay that sends to this connection.</summary>
    internal RelayDirection? AsSink { get; set; }

    internal bool IsReadPending => _reader.IsPending;

    internal bool IsWritePending => _writer.IsPending;

    /// <summary>The system reports that a peer's close is near: a short receive no longer means that nothing follows.</summary>
    private bool IsPeerClosing { get; set; }

    /// <summary>Bytes moved in this turn, by reads and writes of the owner or as the source of a relay.</summary>
    internal int MovedBytes => _meter.Moved(OwnLoop);

    public void Watch(IReadinessWatcher watcher)
    {
        _watcher = watcher;
        ArmRead();
    }

    public void Abort()
    {
        if (!IsClosed)
        {
            Close(isReset: !_outgoing.IsEmpty || IsWritePending);
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
        if (_outgoing.IsEmpty && !IsWritePending)
        {
            CloseCleanly();
            return ValueTask.CompletedTask;
        }

        return DeliverAndCloseAsync();
    }

    internal void CountMoved(int bytes) => _meter.Count(OwnLoop, bytes);

    /// <summary>One receive, if the socket may have bytes.</summary>
    internal ReceiveStatus Receive(Span<byte> target, out int count)
    {
        count = 0;
        if (ReceiveFailure is not null)
        {
            return ReceiveStatus.Failed;
        }

        if (IsInputEnded)
        {
            return ReceiveStatus.Ended;
        }

        if (!IsReadable)
        {
            return ReceiveStatus.Empty;
        }

        var result = ReceiveCore(target);
        if (result > 0)
        {
            // Edge triggered: a short receive emptied the socket, and new bytes bring a new edge. The end of the
            // stream may already be part of the edge seen, and then brings none.
            IsReadable = result == target.Length || IsPeerClosing;
            CountMoved(result);
            count = result;
            return ReceiveStatus.Received;
        }

        if (result == 0)
        {
            IsInputEnded = true;
            return ReceiveStatus.Ended;
        }

        if (result == WouldBlock)
        {
            IsReadable = false;
            return ReceiveStatus.Empty;
        }

        _receiveFailure = Failure("receiving", Describe(result));
        return ReceiveStatus.Failed;
    }

    /// <summary>Sends as much as the socket takes now.</summary>
    internal int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        while (sent < bytes.Length && IsWritable && SendFailure is null)
        {
            var result = SendCore(bytes[sent..]);
            if (result >= 0)
            {
                sent += result;
            }
            else if (result == WouldBlock)
            {
                IsWritable = false;
            }
            else
            {
                FailSend(result);
            }
        }

        return sent;
    }

    /// <summary>Sends, and holds what the socket does not take. The bytes need not live longer than the call.</summary>
    internal void SendOrHold(ReadOnlySpan<byte> bytes)
    {
        if (!_outgoing.IsEmpty)
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
        while (!_outgoing.IsEmpty && IsWritable && SendFailure is null)
        {
            _outgoing.Consume(Send(_outgoing.First.Span));
        }

        if (SendFailure is not null)
        {
            _outgoing.Clear();
        }
        else if (!_outgoing.IsEmpty)
        {
            ArmWrite();
        }
        else if (_isShutdownAsked && !_isShutdown && !IsWritePending)
        {
            _isShutdown = true;
            ShutdownCore();
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
        IsReadable = true;
        IsPeerClosing |= isPeerClosing;
        if (AsSource is null && !_reader.IsPending && !IsClosed)
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

    /// <summary>Asks for an event when bytes arrive; back ends that always get one do nothing.</summary>
    internal virtual void ArmRead()
    {
    }

    /// <summary>
    /// Asks for an event when the socket takes bytes again. There are held bytes or borrowed ones.
    /// </summary>
    internal virtual void ArmWrite()
    {
    }

    internal TransportException Failure(string what, string why) =>
        new($"connection {RemoteEndPoint?.ToString() ?? "(peer gone)"}: {what} failed: {why}");

    protected void FailSend(int error) => _sendFailure ??= Failure("sending", Describe(error));

    /// <summary>For a back end whose sends complete later: moves borrowed bytes to where they stay.</summary>
    protected void HoldBorrowed(int bytesMax) => _writer.HoldBorrowed(bytesMax);

    /// <summary>For a back end whose sends complete later: <paramref name="count"/> of the held bytes are sent.</summary>
    protected void OnSent(int count)
    {
        if (!IsClosed)
        {
            _outgoing.Consume(count);
            OnWritable();
        }
    }

    /// <summary>Bytes received, 0 at the end of the stream, <see cref="WouldBlock"/>, or a negative error.</summary>
    protected abstract int ReceiveCore(Span<byte> target);

    /// <summary>Bytes sent, <see cref="WouldBlock"/>, or a negative error.</summary>
    protected abstract int SendCore(ReadOnlySpan<byte> bytes);

    protected abstract void ShutdownCore();

    /// <summary>Closes the descriptor; true when the system may still read the first held block.</summary>
    protected abstract bool CloseCore(bool isReset);

    protected abstract string Describe(int error);

    protected abstract EndPoint? ReadLocalEndPoint();

    protected abstract EndPoint? ReadRemoteEndPoint();

    protected abstract PeerCredentials? ReadPeerCredentials();

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
            _reader.OnReadable();
        }
    }

    private void NotifyWritable()
    {
        if (IsClosed)
        {
            return;
        }

        if (!_outgoing.IsEmpty || _isShutdownAsked)
        {
            SendHeld();
        }

        if (AsSink is { } direction)
        {
            direction.OnSinkWritable();
        }
        else
        {
            _writer.OnWritable();
        }
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

        _ = Receive(OwnLoop.Scratch, out _);
        Close(isReset: false);
    }

    private TransportException ClosedFailure() => Failure("using it", "it was closed on this side");

    private void Close(bool isReset)
    {
        Debug.Assert(OwnLoop.IsCurrent, "a connection is closed on its own loop");
        IsClosed = true;
        _outgoing.Clear(isHeadBorrowed: CloseCore(isReset));
        OwnLoop.Forget(this);
        OwnLoop.Post(static connection => ((StreamConnection)connection!).TellClosed(), this);
    }

    private void TellClosed()
    {
        AsSource?.Relay.OnClosed(this);
        _reader.OnReadable();
        _writer.OnWritable();
        _watcher?.OnReadable(isPeerClosing: true);
        if (!_reader.IsHandedOut)
        {
            _incoming.Clear();
        }
    }
}
