using System.Net;

namespace Router.Transport.Loops;

/// <summary>A socket as every readiness back end sees it. A back end adds the five system calls.</summary>
/// <remarks>
/// Readiness is remembered, not asked for: <see cref="IsWireReadable"/> and <see cref="IsWritable"/> are set by events
/// and cleared by a call that found nothing, so a paused reader that goes on reads at once.
/// </remarks>
internal abstract class Wire(Loop loop)
{
    /// <summary>The answer of a system call that would have to wait.</summary>
    protected const int WouldBlock = int.MinValue;

    private TransportException? _receiveFailure;
    private TransportException? _sendFailure;
    private EndPoint? _local;
    private EndPoint? _remote;
    private bool _isForAnother;

    public EndPoint? LocalEndPoint => _local ??= IsClosed ? null : ReadLocalEndPoint();

    public EndPoint? RemoteEndPoint => _remote ??= IsClosed ? null : ReadRemoteEndPoint();

    public PeerCredentials? PeerCredentials => IsClosed || _isForAnother ? null : ReadPeerCredentials();

    public void Represent(EndPoint client) => (_remote, _isForAnother) = (client, true);

    internal Loop OwnLoop { get; } = loop;

    internal bool IsWritable { get; private protected set; } = true;

    internal bool IsClosed { get; private protected set; }

    internal TransportException? ReceiveFailure => _receiveFailure ??= IsClosed ? ClosedFailure() : null;

    internal TransportException? SendFailure => _sendFailure ??= IsClosed ? ClosedFailure() : null;

    /// <summary>The socket may have bytes, its end or a failure.</summary>
    private protected bool IsWireReadable { get; set; }

    /// <summary>The system reports that a peer's close is near: a short receive no longer means that nothing follows.</summary>
    private protected bool IsPeerClosing { get; set; }

    /// <summary>One receive from the socket, whatever lies above it.</summary>
    internal ReceiveStatus ReceiveWire(Span<byte> target, out int count)
    {
        count = 0;
        if (!IsWireReadable)
        {
            return ReceiveStatus.Empty;
        }

        var result = ReceiveCore(target);
        if (result > 0)
        {
            // Edge triggered: a short receive emptied the socket, and new bytes bring a new edge. The end of the
            // stream may already be part of the edge seen, and then brings none.
            IsWireReadable = result == target.Length || IsPeerClosing || HasMoreToReceive;
            count = result;
            return ReceiveStatus.Received;
        }

        if (result == 0)
        {
            return ReceiveStatus.Ended;
        }

        if (result == WouldBlock)
        {
            IsWireReadable = false;
            return ReceiveStatus.Empty;
        }

        FailReceive(Describe(result));
        return ReceiveStatus.Failed;
    }

    /// <summary>Sends to the socket, whatever lies above it.</summary>
    internal int SendWire(ReadOnlySpan<byte> bytes)
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
                FailSend(Describe(result));
            }
        }

        return sent;
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

    internal void FailReceive(string why) => _receiveFailure ??= Failure("receiving", why);

    internal void FailSend(string why) => _sendFailure ??= Failure("sending", why);

    /// <summary>After a receive that found less than it had room for: the back end knows that there is more.</summary>
    protected virtual bool HasMoreToReceive => false;

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

    private TransportException ClosedFailure() => Failure("using it", "it was closed on this side");
}
