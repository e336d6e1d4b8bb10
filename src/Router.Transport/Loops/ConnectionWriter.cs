using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Router.Transport.Loops;

/// <summary>
/// The writing end of a connection. A flush or write completes when the socket has taken everything, so a writer holds
/// what it has put together itself and nothing more.
/// </summary>
internal sealed class ConnectionWriter : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>Behind held bytes a write up to this size is copied, so that both leave in one call.</summary>
    private const int CoalesceMax = 4096;

    private const int RoomMin = 256;

    private readonly StreamConnection _connection;
    private Completion<FlushResult> _completion;
    private CancellationToken _aborted;
    private CancellationTokenRegistration _registration;
    private ReadOnlyMemory<byte> _borrowed;
    private bool _isCancelAsked;
    private bool _isCompleted;

    public ConnectionWriter(StreamConnection connection) => _connection = connection;

    /// <summary>A write or flush waits for the socket.</summary>
    public bool IsPending { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _connection.Outgoing.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfNotReady();
        return _connection.Outgoing.Reserve(Math.Max(sizeHint, RoomMin));
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _connection.Outgoing.Commit(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfNotReady();
        return SendAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfNotReady();
        if (!_connection.IsDrained && source.Length <= CoalesceMax)
        {
            _connection.Outgoing.Append(source.Span);
        }
        else
        {
            _borrowed = source;
        }

        return SendAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        _isCancelAsked = true;
        if (IsPending)
        {
            _connection.OwnLoop.Post(static state => ((ConnectionWriter)state!).OnWritable(), this);
        }
    }

    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        _isCompleted = true;
        if (exception is null)
        {
            _connection.ShutdownOutput();
        }
        else
        {
            _connection.Abort();
        }
    }

    public FlushResult GetResult(short token) => _completion.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags, _connection.OwnLoop);

    /// <summary>Something changed that a waiting write may end by.</summary>
    internal void OnWritable()
    {
        if (!IsPending)
        {
            return;
        }

        FlushResult result;
        try
        {
            _aborted.ThrowIfCancellationRequested();
            if (!TrySend(out result))
            {
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
        // A half close that was asked for meanwhile follows the last byte.
        _connection.SendHeld();
        _completion.Complete(result);
    }

    /// <summary>Waits until nothing is held, whatever the writer's own state.</summary>
    internal async ValueTask WhenDrainedAsync(CancellationToken aborted)
    {
        if (!IsPending && !_connection.IsDrained)
        {
            _ = await SendAsync(aborted);
            return;
        }

        // Its owner disposes the connection while its own write waits: that write ends as cancelled, its bytes stay held.
        if (IsPending)
        {
            CancelPendingFlush();
            await _connection.OwnLoop.RunAsync(() => Task.CompletedTask);
            _ = await SendAsync(aborted);
        }
    }

    /// <summary>Moves borrowed bytes into the queue, for a caller or a back end that cannot keep the loan.</summary>
    internal void HoldBorrowed(int bytesMax)
    {
        var part = _borrowed[..Math.Min(bytesMax, _borrowed.Length)];
        _connection.Outgoing.Append(part.Span);
        _borrowed = _borrowed[part.Length..];
    }

    private ValueTask<FlushResult> SendAsync(CancellationToken aborted)
    {
        if (aborted.IsCancellationRequested)
        {
            HoldBorrowed(int.MaxValue);
            return ValueTask.FromCanceled<FlushResult>(aborted);
        }

        if (TrySend(out var result))
        {
            return new ValueTask<FlushResult>(result);
        }

        _completion.Reset();
        IsPending = true;
        _aborted = aborted;
        if (aborted.CanBeCanceled)
        {
            _registration = aborted.UnsafeRegister(
                static state =>
                {
                    var writer = (ConnectionWriter)state!;
                    writer._connection.OwnLoop.Post(static state => ((ConnectionWriter)state!).OnWritable(), writer);
                },
                this);
        }

        return new ValueTask<FlushResult>(this, _completion.Version);
    }

    private bool TrySend(out FlushResult result)
    {
        result = default;
        if (_isCancelAsked)
        {
            _isCancelAsked = false;
            HoldBorrowed(int.MaxValue);
            result = new FlushResult(isCanceled: true, isCompleted: false);
            return true;
        }

        _connection.SendHeld();
        if (_connection.IsDrained && !_borrowed.IsEmpty && _connection.SendFailure is null)
        {
            SendBorrowed();
        }

        if (_connection.SendFailure is { } failure)
        {
            _borrowed = default;
            throw failure;
        }

        return _connection.IsDrained && _borrowed.IsEmpty;
    }

    private void SendBorrowed()
    {
        var budget = _connection.OwnLoop.Settings.TurnBudgetBytes - _connection.MovedBytes;
        if (budget <= 0)
        {
            _connection.OwnLoop.Requeue(_connection);
            return;
        }

        var part = _borrowed[..Math.Min(budget, _borrowed.Length)];
        var sent = _connection.Send(part.Span);
        _connection.CountMoved(sent);
        _borrowed = _borrowed[sent..];
        if (_connection.SendFailure is not null || (_borrowed.IsEmpty && _connection.IsDrained))
        {
            return;
        }

        if (!_connection.IsWritable)
        {
            _connection.ArmWrite();
        }
        else
        {
            _connection.OwnLoop.Requeue(_connection);
        }
    }

    /// <summary>The caller gets its memory back, so what is left of the loan is copied.</summary>
    private void StopWaiting()
    {
        IsPending = false;
        _aborted = default;
        _ = _registration.Unregister();
        _registration = default;
        if (!_borrowed.IsEmpty)
        {
            HoldBorrowed(int.MaxValue);
        }
    }

    private void ThrowIfNotReady()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("writing was completed");
        }

        if (IsPending || _connection.AsSink is not null)
        {
            throw new InvalidOperationException("another write or a relay is writing to this connection");
        }

        if (_connection.IsClosed)
        {
            throw _connection.SendFailure!;
        }
    }
}
