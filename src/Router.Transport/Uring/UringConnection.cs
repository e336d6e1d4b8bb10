using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Router.Transport.Linux;

namespace Router.Transport.Uring;

/// <summary>
/// A connection whose small messages go through the ring, many connections' in one call, and whose large ones are moved
/// by plain calls that do not wait.
/// </summary>
/// <remarks>
/// Receiving: one receive is under way while somebody wants bytes. It fills one buffer of the ring, which this connection
/// holds until they are taken; what the socket has beyond it is received straight to where it is wanted. So a reader that
/// pauses takes at most one buffer from the others, and where buffers are scarce not even that. Sending: what is small is
/// held, and the first held block is lent to the kernel until the end of the turn.
/// </remarks>
internal sealed class UringConnection : DescriptorConnection, IUringTarget
{
    /// <summary>Up to here a copy and a place in the next submission cost less than a call of its own.</summary>
    private const int BatchedMax = 4096;

    private readonly UringLoop _loop;
    private readonly int _place;
    private int _buffer;
    private int _start;
    private int _left;
    private bool _hasMore;
    private bool _isEnded;
    private int _receiveError;
    private bool _isReceiving;
    private bool _isAwaitingPeerClosing;
    private bool _isFull;
    private bool _isAwaitingWritable;
    private bool _isSending;
    private int _sent;
    private ReadOnlyMemory<byte> _lent;
    private bool _isReleased;

    public UringConnection(UringLoop loop, int descriptor)
        : base(loop, descriptor)
    {
        _loop = loop;
        _place = loop.Register(this);
    }

    /// <summary>Somebody goes on when the send under way has ended.</summary>
    internal bool IsSendAwaited => IsWriteAwaited || HeldLength > _lent.Length;

    protected override bool HasMoreToReceive => _left > 0 || _hasMore || _isEnded || _receiveError != 0;

    public void OnCompleted(UringOperation operation, int result, uint flags)
    {
        switch (operation)
        {
            case UringOperation.Receive:
                _isReceiving = false;
                OnReceived(result, flags);
                break;
            case UringOperation.Send:
                OnSentShort(result);
                break;
            case UringOperation.Writable:
                _isAwaitingWritable = false;
                _isFull = false;
                if (!IsClosed)
                {
                    OnWritable();
                }

                break;
            default:
                _isAwaitingPeerClosing = false;
                if (!IsClosed)
                {
                    OnReadable(isPeerClosing: true);
                }

                break;
        }

        ReleaseIfOver();
    }

    /// <summary>The send under way has ended.</summary>
    internal void OnSent()
    {
        _isSending = false;
        _lent = default;
        OnSent(_sent);
        ReleaseIfOver();
    }

    internal override void ArmRead()
    {
        if (IsClosed || _isReceiving || IsInputEnded || ReceiveFailure is not null)
        {
            return;
        }

        if (HasMoreToReceive)
        {
            ArmPeerClosing();
            return;
        }

        _isReceiving = true;
        _loop.Ask(_place, UringOperation.Receive, UringCalls.OperationReceive, Descriptor).ReceiveIntoRing();
    }

    internal override unsafe void ArmWrite()
    {
        if (IsClosed || _isSending || _isAwaitingWritable)
        {
            return;
        }

        if (_isFull)
        {
            _isAwaitingWritable = true;
            _loop.Ask(_place, UringOperation.Writable, UringCalls.OperationPollAdd, Descriptor).OperationFlags = Native.PollOut;
            return;
        }

        if (Leaving.IsEmpty)
        {
            HoldBorrowed(BatchedMax);
        }

        _isSending = true;
        _lent = Leaving.First;
        _sent = _lent.Length;
        // Blocks of a queue are pinned.
        var bytes = Unsafe.AsPointer(ref MemoryMarshal.GetReference(_lent.Span));
        _loop.Ask(_place, UringOperation.Send, UringCalls.OperationSend, Descriptor).SendAtOnce(bytes, _lent.Length);
        _loop.AwaitSent(this);
    }

    protected override int ReceiveCore(Span<byte> target)
    {
        var count = TakeBuffered(target);
        if (_hasMore && count < target.Length)
        {
            var result = Native.Receive(Descriptor, target[count..]);
            count += Math.Max(result, 0);
            _hasMore = result > 0 && count == target.Length;
            _isEnded = result == 0;
            _receiveError = result is < 0 and not -Native.Again ? result : 0;
        }

        return count > 0 ? count : _receiveError != 0 ? _receiveError : _isEnded ? 0 : WouldBlock;
    }

    protected override int SendCore(ReadOnlySpan<byte> bytes)
    {
        if (_isSending || _isFull || bytes.Length <= BatchedMax)
        {
            return WouldBlock;
        }

        var result = Native.Send(Descriptor, bytes);
        _isFull = result == -Native.Again || (result >= 0 && result < bytes.Length);
        return result == -Native.Again ? WouldBlock : result;
    }

    protected override bool CloseCore(bool isReset)
    {
        if (isReset)
        {
            Native.SetReset(Descriptor);
        }
        else
        {
            // Bytes that came meanwhile would make the system send a reset; see CloseCleanly.
            _ = Native.Receive(Descriptor, _loop.Scratch);
        }

        if (_left > 0)
        {
            ReturnBuffer();
        }

        CancelIf(_isReceiving, UringOperation.Receive);
        CancelIf(_isAwaitingPeerClosing, UringOperation.PeerClosing);
        CancelIf(_isAwaitingWritable, UringOperation.Writable);
        _loop.CloseDescriptor(Descriptor);
        ReleaseIfOver();
        return _isSending;
    }

    private void OnReceived(int result, uint flags)
    {
        if ((flags & UringCalls.CompletionBuffer) != 0)
        {
            _loop.Buffers.Take();
            _buffer = (int)(flags >> UringCalls.CompletionBufferShift);
            _start = 0;
            _left = Math.Max(result, 0);
            if (IsClosed || _left == 0)
            {
                ReturnBuffer();
            }
        }

        if (IsClosed)
        {
            return;
        }

        if (result == -Native.NoBuffers)
        {
            _loop.AwaitBuffer(this);
            return;
        }

        // Unix sockets tell only by a full buffer.
        _hasMore = result == ReceiveBuffers.BufferBytes || (result > 0 && (flags & UringCalls.CompletionNonEmpty) != 0);
        _isEnded = result == 0;
        _receiveError = Math.Min(result, 0);
        OnReadable(isPeerClosing: result <= 0);
        if (_left > 0)
        {
            OnUntaken();
        }
    }

    /// <summary>Nobody wants the bytes now.</summary>
    private void OnUntaken()
    {
        if (_loop.Buffers.IsScarce)
        {
            Arrived.Append(_loop.Buffers.Content(_buffer, _start, _left));
            ReturnBuffer();
        }

        ArmPeerClosing();
    }

    private void OnSentShort(int result)
    {
        _sent = Math.Max(result, 0);
        if (result >= 0 || result == -Native.Again)
        {
            _isFull = true;
        }
        else
        {
            FailSend(Describe(result));
        }
    }

    private int TakeBuffered(Span<byte> target)
    {
        var count = Math.Min(_left, target.Length);
        if (count > 0)
        {
            _loop.Buffers.Content(_buffer, _start, count).CopyTo(target);
            _start += count;
            _left -= count;
            if (_left == 0)
            {
                ReturnBuffer();
            }
        }

        return count;
    }

    private void ReturnBuffer()
    {
        _left = 0;
        _loop.Buffers.Return(_buffer);
    }

    /// <summary>While nobody takes its bytes no receive tells that the peer closes.</summary>
    private void ArmPeerClosing()
    {
        if (!_isAwaitingPeerClosing && !IsClosed && !IsPeerClosing)
        {
            _isAwaitingPeerClosing = true;
            _loop.Ask(_place, UringOperation.PeerClosing, UringCalls.OperationPollAdd, Descriptor).OperationFlags =
                Native.PollPeerHangUp;
        }
    }

    private void CancelIf(bool isUnderWay, UringOperation operation)
    {
        if (isUnderWay)
        {
            _loop.Cancel(_place, operation);
        }
    }

    private void ReleaseIfOver()
    {
        var isUnderWay = _isReceiving || _isAwaitingPeerClosing || _isAwaitingWritable || _isSending;
        if (IsClosed && !isUnderWay && !_isReleased)
        {
            _isReleased = true;
            _loop.Release(_place);
        }
    }
}
