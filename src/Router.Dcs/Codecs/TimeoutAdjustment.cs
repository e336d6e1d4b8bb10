using System.Globalization;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>
/// Makes ttl, loop_wait and retry_timeout fit each other as Patroni does: loop_wait + 2 × retry_timeout must not
/// exceed ttl. Whole seconds.
/// </summary>
internal static class TimeoutAdjustment
{
    private const int LoopWaitLowest = 1;
    private const int RetryTimeoutLowest = 3;

    public static HaSettings Apply(HaSettings settings, TtlFloor floor, List<string> warnings)
    {
        var ttl = AtLeast("ttl", (int)settings.Ttl.TotalSeconds, floor.Seconds, warnings, floor.Reason);
        var loopWait = AtLeast("loop_wait", (int)settings.LoopWait.TotalSeconds, LoopWaitLowest, warnings);
        var retryTimeout = AtLeast("retry_timeout", (int)settings.RetryTimeout.TotalSeconds, RetryTimeoutLowest, warnings);

        if (LoopWaitLowest + 2L * retryTimeout > ttl)
        {
            loopWait = LoopWaitLowest;
            retryTimeout = (ttl - LoopWaitLowest) / 2;
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"loop_wait + 2 * retry_timeout exceeds ttl={ttl}; loop_wait={loopWait} and retry_timeout={retryTimeout} are used"));
        }
        else if (loopWait + 2L * retryTimeout > ttl)
        {
            loopWait = ttl - 2 * retryTimeout;
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"loop_wait + 2 * retry_timeout exceeds ttl={ttl}; loop_wait={loopWait} is used"));
        }

        return settings with
        {
            Ttl = TimeSpan.FromSeconds(ttl),
            LoopWait = TimeSpan.FromSeconds(loopWait),
            RetryTimeout = TimeSpan.FromSeconds(retryTimeout),
        };
    }

    private static int AtLeast(string name, int seconds, int lowest, List<string> warnings, string? reason = null)
    {
        if (seconds >= lowest)
        {
            return seconds;
        }

        warnings.Add(string.Create(CultureInfo.InvariantCulture,
            $"{name}={seconds} is too small{(reason is null ? "" : $" ({reason})")}; {lowest} is used"));
        return lowest;
    }
}
