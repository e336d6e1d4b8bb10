using System.Diagnostics;

namespace Router.Testing;

/// <summary>Waits for a condition of a real process; the bound is generous, because it only ends a broken test.</summary>
public static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task TrueAsync(Func<bool> condition, string expected)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(since) > Bound)
            {
                throw new TimeoutException($"not within {Bound.TotalSeconds} s: {expected}");
            }

            await Task.Delay(Pause);
        }
    }
}
