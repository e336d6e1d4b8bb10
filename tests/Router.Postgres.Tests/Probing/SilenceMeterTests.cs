using Router.Postgres.Probing;
using Router.Testing;

namespace Router.Postgres.Tests.Probing;

public sealed class SilenceMeterTests
{
    private static readonly Task Never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously).Task;

    [Fact]
    public async Task Pause_of_our_own_counts_as_one_slice()
    {
        var time = new ManualTime();
        var silence = new SilenceMeter(time, 10 * SilenceMeter.Slice);

        await HearNothingAsync(silence, time, TimeSpan.FromHours(1));

        Assert.False(silence.IsOver);
    }

    [Fact]
    public async Task Slices_in_time_add_up_to_the_bound()
    {
        var time = new ManualTime();
        var silence = new SilenceMeter(time, 10 * SilenceMeter.Slice);
        for (var slice = 0; slice < 10; slice++)
        {
            Assert.False(silence.IsOver);
            await HearNothingAsync(silence, time, SilenceMeter.Slice);
        }

        Assert.True(silence.IsOver);
    }

    private static async Task HearNothingAsync(SilenceMeter silence, ManualTime time, TimeSpan passed)
    {
        var listening = silence.ListenAsync(Never, default);
        time.Advance(passed);
        await listening;
    }
}
