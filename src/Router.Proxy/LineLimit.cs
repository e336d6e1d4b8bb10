namespace Router.Proxy;

/// <summary>Lets one log line through in each period, and counts those that it left out. From any thread.</summary>
internal sealed class LineLimit(TimeProvider time, TimeSpan period)
{
    private readonly Lock _lock = new();
    private long? _last;
    private long _leftOut;

    /// <param name="leftOut">Lines left out since the last one.</param>
    public bool TryTake(out long leftOut)
    {
        lock (_lock)
        {
            leftOut = _leftOut;
            if (_last is { } last && time.GetElapsedTime(last) < period)
            {
                _leftOut++;
                return false;
            }

            _last = time.GetTimestamp();
            _leftOut = 0;
            return true;
        }
    }
}
