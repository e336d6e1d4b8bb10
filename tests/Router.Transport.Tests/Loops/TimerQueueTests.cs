using Microsoft.Extensions.Logging.Abstractions;
using Router.Transport.Loops;
using Router.Transport.Sockets;

namespace Router.Transport.Tests.Loops;

public sealed class TimerQueueTests
{
    [Fact]
    public void Timers_leave_by_due_time_then_by_order_of_setting_whatever_was_removed()
    {
        var random = new Random(20260101);
        var loop = new SocketLoop(0, new TransportSettings(), NullLogger.Instance);
        var queue = new TimerQueue();
        var expected = new List<LoopTimer>();
        for (var index = 0; index < 5_000; index++)
        {
            var timer = new LoopTimer(loop, static _ => { }, null);
            queue.Add(timer, random.Next(500));
            expected.Add(timer);
            if (random.Next(3) == 0)
            {
                var victim = expected[random.Next(expected.Count)];
                _ = expected.Remove(victim);
                queue.Remove(victim);
                queue.Remove(victim);
            }
        }

        var order = new List<LoopTimer>();
        while (queue.TryTake(long.MaxValue, long.MaxValue, out var timer))
        {
            order.Add(timer);
        }

        Assert.Equal(expected.OrderBy(timer => timer.Due).ThenBy(timer => timer.Sequence), order);
        Assert.Equal(long.MaxValue, queue.NextDue);
    }

    [Fact]
    public void Timer_that_is_not_due_or_was_set_in_this_turn_stays()
    {
        var loop = new SocketLoop(0, new TransportSettings(), NullLogger.Instance);
        var queue = new TimerQueue();
        queue.Add(new LoopTimer(loop, static _ => { }, null), due: 10);
        Assert.False(queue.TryTake(now: 9, long.MaxValue, out _));
        Assert.False(queue.TryTake(now: 10, sequenceEnd: 0, out _));
        Assert.True(queue.TryTake(now: 10, queue.SequenceEnd, out _));
    }
}
