namespace Router.Transport.Loops;

/// <summary>
/// The loop's clock. On the loop the timestamp is read once per turn; timers fire on the loop, never early, and in the
/// order of their due time. Timers may be created, changed and disposed from any thread.
/// </summary>
internal sealed class LoopTime : TimeProvider
{
    private readonly Loop _loop;
    private readonly TimeProvider _clock;

    public LoopTime(Loop loop, TimeProvider clock)
    {
        _loop = loop;
        _clock = clock;
    }

    public override TimeZoneInfo LocalTimeZone => _clock.LocalTimeZone;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override long GetTimestamp() => _loop.IsCurrent ? _loop.Now : _clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new LoopTimer(_loop, callback, state);
        _ = timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>The real clock, for the loop itself.</summary>
    internal long Read() => _clock.GetTimestamp();

    internal long ToTicks(TimeSpan span) => (long)(span.Ticks * ((double)TimestampFrequency / TimeSpan.TicksPerSecond));
}
