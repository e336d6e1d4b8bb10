namespace Router.Postgres.Probing;

/// <summary>
/// Counts silence only while this process was scheduled: a slice that took far longer than asked for was a pause of our
/// own (a frozen machine, no CPU), in which nobody could have been heard.
/// </summary>
internal sealed class SilenceMeter(TimeProvider time, TimeSpan bound)
{
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    private TimeSpan _heard;

    /// <summary>The bound has passed in slices that were on time.</summary>
    public bool IsOver => _heard >= bound;

    /// <summary>Waits for one slice, or until <paramref name="answer"/> completes.</summary>
    public async Task ListenAsync(Task answer, CancellationToken aborted)
    {
        var start = time.GetTimestamp();
        _ = await Task.WhenAny(answer, Task.Delay(Slice, time, aborted));
        aborted.ThrowIfCancellationRequested();
        var passed = time.GetElapsedTime(start);
        _heard += passed < 2 * Slice ? passed : Slice;
    }
}
