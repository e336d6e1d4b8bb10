using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Router.Transport.Loops;

/// <summary>
/// The state behind one awaitable of a loop: like ManualResetValueTaskSourceCore, but the continuation runs inline
/// although a synchronization context is current, because it is completed on that very loop. One thread only.
/// </summary>
internal struct Completion<T>
{
    private Action<object?>? _continuation;
    private object? _state;
    private ExecutionContext? _context;
    private Exception? _error;
    private T _result;
    private bool _isCompleted;

    public short Version { get; private set; }

    public void Reset()
    {
        Version++;
        _continuation = null;
        _state = null;
        _context = null;
        _error = null;
        _result = default!;
        _isCompleted = false;
    }

    public readonly ValueTaskSourceStatus GetStatus(short version)
    {
        Require(version);
        return !_isCompleted ? ValueTaskSourceStatus.Pending
            : _error is null ? ValueTaskSourceStatus.Succeeded
            : _error is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    /// <summary>Once for each wait: what was got is not held here any longer.</summary>
    public T GetResult(short version)
    {
        Require(version);
        Debug.Assert(_isCompleted, "result taken before completion");
        if (_error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
        }

        var result = _result;
        _result = default!;
        return result;
    }

    public void OnCompleted(
        Action<object?> continuation, object? state, short version, ValueTaskSourceOnCompletedFlags flags, Loop loop)
    {
        Require(version);
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
        {
            _context = ExecutionContext.Capture();
        }

        _continuation = continuation;
        _state = state;
        if (_isCompleted)
        {
            // Completed between the call and the await: not inline, for the awaiter has not returned yet.
            loop.Post(continuation, state);
        }
    }

    public void Complete(T result)
    {
        _result = result;
        Signal();
    }

    public void Fail(Exception error)
    {
        _error = error;
        Signal();
    }

    private readonly void Require(short version)
    {
        if (version != Version)
        {
            throw new InvalidOperationException("a ValueTask was awaited twice");
        }
    }

    /// <remarks>The continuation may reset this very struct, so nothing here is read after it.</remarks>
    private void Signal()
    {
        _isCompleted = true;
        if (_continuation is not { } continuation)
        {
            return;
        }

        // An idle connection must not keep alive whoever waited last.
        var (state, context) = (_state, _context);
        (_continuation, _state, _context) = (null, null, null);
        if (context is null)
        {
            continuation(state);
        }
        else
        {
            ExecutionContext.Run(
                context,
                static pair =>
                {
                    var (continuation, state) = ((Action<object?>, object?))pair!;
                    continuation(state);
                },
                (continuation, state));
        }
    }
}
