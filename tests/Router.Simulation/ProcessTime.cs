using Router.Cluster;

namespace Router.Simulation;

/// <summary>A process's view of time: the world's, on its machine's wall clock; timers wait while it is paused.</summary>
internal sealed class ProcessTime(World world, SimProcess process, Machine machine) : TimeProvider, IBootClock
{
    public BootTime Now => world.Now + machine.BootOffset;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => world.Time.GetUtcNow() + machine.WallOffset;

    public override long GetTimestamp() => world.Now.SinceBoot.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        world.Time.CreateTimer(_ => process.Do(() => callback(state)), null, dueTime, period);
}
