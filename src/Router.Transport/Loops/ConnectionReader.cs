using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Router.Transport.Loops;

/// <summary>
/// The reading end of a connection. It receives when asked and not before, into a block taken when bytes are there:
/// nobody reading means no buffer, and the kernel's window holds the peer back.
/// </summary>
internal sealed class ConnectionReader : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly StreamConnection _connection;
    private Completion<ReadResult> _completion;
    private CancellationToken _aborted;
    private CancellationTokenRegistration _registration;
    private long _examined;
    private bool _isCancelAsked;
    private bool _isCompleted;

    public ConnectionReader(StreamConnection connection) => _connection = connection;

    /// <summary>A read waits for bytes.</summary>
    public bool IsPending { get; private set; }

    /// <summary>The owner holds a buffer of ours that it has not advanced.</summary>
    public bool IsHandedOut { get; private set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfNotReady();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        if (TryTake(out var result))
        {
            return new ValueTask<ReadResult>(result);
        }

        _completion.Reset();
        IsPending = true;
        _aborted = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static state =>
                {
                    var reader = (ConnectionReader)state!;
                    reader._connection.OwnLoop.Post(static state => ((ConnectionReader)state!).OnReadable(), reader);
                },
                this);
        }

        _connection.ArmRead();
        return new ValueTask<ReadResult>(this, _completion.Version);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfNotReady();
        return TryTake(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ref var incoming = ref _connection.Incoming;
        var consumedBytes = incoming.DistanceTo(consumed);
        var examinedBytes = incoming.DistanceTo(examined);
        ArgumentOutOfRangeException.ThrowIfNegative(consumedBytes, nameof(consumed));
        ArgumentOutOfRangeException.ThrowIfLessThan(examinedBytes, consumedBytes, nameof(examined));
        incoming.Consume(consumedBytes);
        _examined = examinedBytes - consumedBytes;
        IsHandedOut = false;
        if (_connection.IsClosed || _isCompleted)
        {
            incoming.Clear();
        }
    }

    public override void CancelPendingRead()
    {
        _isCancelAsked = true;
        if (IsPending)
        {
            _connection.OwnLoop.Post(static state => ((ConnectionReader)state!).OnReadable(), this);
        }
    }

    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        IsHandedOut = false;
        _connection.Incoming.Clear();
        if (IsPending)
        {
            _connection.OwnLoop.Post(static state => ((ConnectionReader)state!).OnReadable(), this);
        }
    }

    public ReadResult GetResult(short token) => _completion.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags, _connection.OwnLoop);

    /// <summary>Something changed that a waiting read may end by.</summary>
    internal void OnReadable()
    {
        if (!IsPending)
        {
            return;
        }

        ReadResult result;
        try
        {
            _aborted.ThrowIfCancellationRequested();
            if (_isCompleted)
            {
                throw _connection.Failure("reading", "it was completed while a read waited");
            }

            if (!TryTake(out result))
            {
                _connection.ArmRead();
                return;
            }
        }
        catch (Exception failure)
        {
            // Handed to the awaiting owner, who catches it at the top of its loop.
            StopWaiting();
            _completion.Fail(failure);
            return;
        }

        StopWaiting();
        _completion.Complete(result);
    }

    /// <summary>A relay has taken over what is buffered, and left what it did not forward.</summary>
    internal void OnRelayed() => _examined = 0;

    private void StopWaiting()
    {
        IsPending = false;
        _aborted = default;
        _ = _registration.Unregister();
        _registration = default;
    }

    private void ThrowIfNotReady()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("reading was completed");
        }

        if (IsPending || _connection.AsSource is not null)
        {
            throw new InvalidOperationException("another read or a relay is reading this connection");
        }
    }

    private bool TryTake(out ReadResult result)
    {
        result = default;
        if (_isCancelAsked)
        {
            _isCancelAsked = false;
            result = Result(isCanceled: true);
            return true;
        }

        if (_connection.Incoming.Length > _examined || _connection.IsInputEnded || TryFill())
        {
            result = Result(isCanceled: false);
            return true;
        }

        return false;
    }

    private ReadResult Result(bool isCanceled)
    {
        IsHandedOut = true;
        return new ReadResult(_connection.Incoming.AsSequence(), isCanceled, _connection.IsInputEnded);
    }

    private bool TryFill()
    {
        const int RoomMin = 512;
        if (_connection.ReceiveFailure is { } failure)
        {
            throw failure;
        }

        if (!_connection.IsReadable)
        {
            return false;
        }

        ref var incoming = ref _connection.Incoming;
        if (incoming.Length >= _connection.OwnLoop.Settings.InputMaxBytes)
        {
            throw _connection.Failure("reading", $"{incoming.Length} bytes wait unconsumed, the limit of its input");
        }

        if (_connection.MovedBytes >= _connection.OwnLoop.Settings.TurnBudgetBytes)
        {
            _connection.OwnLoop.Requeue(_connection);
            return false;
        }

        var status = _connection.Receive(incoming.Reserve(RoomMin).Span, out var count);
        incoming.Commit(count);
        return status switch
        {
            ReceiveStatus.Empty => false,
            ReceiveStatus.Failed => throw _connection.ReceiveFailure!,
            _ => true,
        };
    }
}
