namespace Router.Proxy.Routing;

/// <summary>
/// Clients that wait for a usable member, oldest first. Bounded: who finds it full does not wait at all. A waiter keeps
/// its place when it looks again in vain.
/// </summary>
internal sealed class HoldQueue(int lengthMax, TimeProvider time)
{
    private volatile int _lengthMax = lengthMax;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time = time;
    private readonly LinkedList<Ticket> _waiters = new();
    private long _releasedVersion = -1;

    /// <summary>Clients that wait now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>Another bound for those that come from now on; nobody is sent away.</summary>
    public void Resize(int lengthMax) => _lengthMax = lengthMax;

    /// <summary>A place at the end, to be disposed of; null where the queue is full.</summary>
    public Ticket? TryEnter()
    {
        lock (_lock)
        {
            return _waiters.Count < _lengthMax ? new Ticket(this, _waiters) : null;
        }
    }

    /// <summary>Wakes all waiters, oldest first, to look at the view with this version.</summary>
    public void Release(long version)
    {
        lock (_lock)
        {
            _releasedVersion = version;
            foreach (var waiter in _waiters)
            {
                waiter.Wake();
            }
        }
    }

    /// <summary>A place in the queue.</summary>
    internal sealed class Ticket : IDisposable
    {
        private readonly HoldQueue _queue;
        private readonly LinkedListNode<Ticket> _place;
        private TaskCompletionSource? _wakeUp;

        public Ticket(HoldQueue queue, LinkedList<Ticket> waiters)
        {
            _queue = queue;
            _place = waiters.AddLast(this);
        }

        /// <summary>Waits for a view newer than <paramref name="seenVersion"/>, or until the time is up.</summary>
        public async Task WaitAsync(long seenVersion, TimeSpan timeout, CancellationToken aborted)
        {
            TaskCompletionSource wakeUp;
            lock (_queue._lock)
            {
                if (_queue._releasedVersion > seenVersion)
                {
                    return;
                }

                _wakeUp = wakeUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            using var deadline = new CancellationTokenSource(timeout, _queue._time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
            using var over = either.Token.UnsafeRegister(
                static wakeUp => ((TaskCompletionSource)wakeUp!).TrySetResult(), wakeUp);

            // Awaited itself, not by way of WaitAsync: then its continuation is posted to the session's loop within
            // TrySetResult, and so in the order of the queue. A task in between would pass through the thread pool.
            await wakeUp.Task;
            aborted.ThrowIfCancellationRequested();
        }

        public void Wake() => _wakeUp?.TrySetResult();

        public void Dispose()
        {
            lock (_queue._lock)
            {
                if (_place.List is not null)
                {
                    _place.List.Remove(_place);
                }
            }
        }
    }
}
