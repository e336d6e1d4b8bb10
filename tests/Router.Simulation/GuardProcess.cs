using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Simulation;

/// <summary>
/// The guard: a process of its own that runs <see cref="GuardPolicy"/>. What it must not forget lies in a record that a
/// successor reads; the agent replaces it within a second where it is gone or mute.
/// </summary>
internal sealed class GuardProcess(World world, Machine machine)
{
    private static readonly TimeSpan ReplacedAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private GuardMemory _memory;
    private GuardRecord? _record;
    private int _life;

    public SimProcess Process { get; private set; } = new(world, $"{machine.Name}/guard");

    public bool Answers => Process.Runs;

    public GuardMemory Memory => _memory;

    private BootTime Now => world.Now + machine.BootOffset;

    public void Boot()
    {
        _record = null;
        if (world.Scenery.HasGuard)
        {
            Start();
        }
        else
        {
            Process.Kill();
        }
    }

    public void Kill()
    {
        Process.Kill();
        _life++;
    }

    /// <summary>The agent notices a guard that is gone or mute and starts another one.</summary>
    public void ReplaceSoon() => world.After(ReplacedAfter, () =>
    {
        if (!world.Scenery.HasGuard || !machine.IsUp || Answers || machine.IsAsleep)
        {
            return;
        }

        if (!machine.Agent.Runs)
        {
            ReplaceSoon();
            return;
        }

        Process.Kill();
        world.Tell(machine.Name.Value, "the guard is replaced");
        Start();
        SeeAgent();
    });

    public void SeeAgent() => Process.Do(() => Step(GuardEvent.AgentBack(Now, restartsAgent: true)));

    public void LoseAgent() => Process.Do(() => Step(GuardEvent.AgentLost(Now)));

    public GuardAnswer Arm(BootTime deadline, Acquisition acquisition) =>
        Step(GuardEvent.Arm(Now, deadline, acquisition));

    public void Feed(BootTime deadline, Acquisition acquisition) =>
        Process.Do(() => Step(GuardEvent.Feed(Now, deadline, acquisition)));

    public GuardAnswer Disarm(DisarmReason reason) => Step(GuardEvent.Disarm(Now, reason, machine.Postgres.Sighting));

    private void Start()
    {
        _life++;
        Process = new SimProcess(world, $"{machine.Name}/guard");
        _memory = _record is { } record ? GuardMemory.Resume(record, Now) : new GuardMemory { AgentSince = Now };
        Schedule();
    }

    private GuardAnswer Step(in GuardEvent occurred)
    {
        var step = GuardPolicy.Step(_memory, occurred);
        _memory = step.Memory;
        if (step.Effects.HasFlag(GuardEffects.Fence))
        {
            world.Tell(machine.Name.Value, "the guard fences PostgreSQL");
            machine.Postgres.Kill();
            _memory = GuardPolicy.Step(_memory, GuardEvent.FenceRan(Now, isFenced: true)).Memory;
        }

        if (step.Effects.HasFlag(GuardEffects.Persist))
        {
            _record = _memory.ToRecord();
        }

        if (step.Effects.HasFlag(GuardEffects.RestartAgent))
        {
            world.After(world.Between(0.1, 0.8), machine.StartAgent);
        }

        Schedule();
        return step.Answer;
    }

    private void Schedule()
    {
        // After firing it goes on looking: an agent that was frozen before a start wakes into this.
        var look = _memory.Duty == GuardDuty.Fired ? Now + LookEvery : (BootTime?)null;
        if ((GuardPolicy.WakeAt(_memory) ?? look) is not { } at)
        {
            return;
        }

        var life = ++_life;
        var process = Process;
        var wait = at - Now;
        world.After(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), () => process.Do(() =>
        {
            if (life == _life)
            {
                _ = Step(GuardEvent.InstanceSeen(Now, machine.Postgres.Sighting));
                _ = Step(GuardEvent.Tick(Now));
            }
        }));
    }
}
