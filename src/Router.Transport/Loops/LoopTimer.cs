namespace Router.Transport.Loops;

/// <summary>A timer of one loop; its fields belong to the loop's thread.</summary>
internal sealed class LoopTimer : ITimer
{
    private readonly Loop _loop;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private TimeSpan _period;
    private volatile bool _isDisposed;

    public LoopTimer(Loop loop, TimerCallback callback, object? state)
    {
        _loop = loop;
        _callback = callback;
        _state = state;
    }

    /// <summary>When it fires, in ticks of the loop's clock.</summary>
    internal long Due { get; set; }

    /// <summary>Breaks ties of <see cref="Due"/>: first set, first fired.</summary>
    internal long Sequence { get; set; }

    /// <summary>Its place in the queue, or -1.</summary>
    internal int Index { get; set; } = -1;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_isDisposed)
        {
            return false;
        }

        // The delay counts from the call, also when the call has to travel to the loop.
        var due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : _loop.Clock.Read() + _loop.Clock.ToTicks(dueTime);
        if (_loop.IsCurrent)
        {
            Set(due, period);
        }
        else
        {
            _loop.Post(
                static state =>
                {
                    var (timer, due, period) = ((LoopTimer, long, TimeSpan))state!;
                    timer.Set(due, period);
                },
                (this, due, period));
        }

        return true;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_loop.IsCurrent)
        {
            _loop.Timers.Remove(this);
        }
        else
        {
            _loop.Post(static timer => ((LoopTimer)timer!)._loop.Timers.Remove((LoopTimer)timer), this);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Fire()
    {
        if (_isDisposed)
        {
            return;
        }

        if (_period > TimeSpan.Zero)
        {
            Set(_loop.Now + _loop.Clock.ToTicks(_period), _period);
        }

        _callback(_state);
    }

    private void Set(long due, TimeSpan period)
    {
        _loop.Timers.Remove(this);
        _period = period;
        if (due != long.MaxValue && !_isDisposed)
        {
            _loop.Timers.Add(this, due);
        }
    }
}
