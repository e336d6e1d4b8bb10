using Router.Agent;
using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Dcs.InMemory;

namespace Router.Simulation;

/// <summary>
/// One host: the agent's process, the guard's process, PostgreSQL, its clocks and its way to the store. A boot wipes
/// what lies in memory; the data directory stays.
/// </summary>
internal sealed class Machine
{
    private readonly World _world;
    private readonly SimLoggers _loggers;
    private readonly ClaimMemory _claims = new();
    private Task<bool>? _running;
    private AgentServer? _server;

    public Machine(World world, MemberName name)
    {
        _world = world;
        Name = name;
        _loggers = new SimLoggers(world, name);
        Dcs = new InMemoryDcs(world.Store) { Faults = Distance() };
        Postgres = new PostgresModel(world, this);
        Agent = new SimProcess(world, $"{name}/agent");
        Agent.Kill();
        Guard = new GuardProcess(world, this);
    }

    public MemberName Name { get; }

    public InMemoryDcs Dcs { get; }

    public PostgresModel Postgres { get; }

    public SimProcess Agent { get; private set; }

    public GuardProcess Guard { get; }

    public TimeSpan BootOffset { get; private set; }

    public TimeSpan WallOffset { get; set; }

    public bool IsUp { get; private set; }

    /// <summary>
    /// The end of the last lease that an agent of this machine held since it booted, by its own clock.
    /// </summary>
    public BootTime? SafeUntil { get; private set; }

    public LeaseState Lease => _server?.Status.Lease ?? new LeaseState.None();

    /// <summary>Set while the whole machine sleeps; for a moment after it, nobody can have acted yet.</summary>
    public BootTime? WokeAt { get; private set; }

    public bool IsAsleep { get; private set; }

    /// <summary>Why the agent's program ended, if it did.</summary>
    public string? Crash => _running switch
    {
        { IsFaulted: true } failed => failed.Exception!.GetBaseException().ToString(),
        { IsCompletedSuccessfully: true } => "the agent ended by itself",
        _ => null,
    };

    public InMemoryFaults Distance() => new()
    {
        RequestDelay = _world.Between(0.001, 0.006),
        ReplyDelay = _world.Between(0.001, 0.006),
    };

    public void Boot()
    {
        IsUp = true;
        BootOffset = _world.Between(10, 1000);
        (_server, SafeUntil) = (null, null);
        _claims.Forget();
        Guard.Boot();
        StartAgent();
    }

    /// <summary>The power goes: everything in memory is gone.</summary>
    public void CutPower()
    {
        IsUp = false;
        Agent.Kill();
        _running = null;
        Guard.Kill();
        Postgres.Kill();
    }

    /// <summary>Keeps what the agent knows of its lease, for when there is no agent to ask.</summary>
    public void NoteLease()
    {
        if (Lease is LeaseState.Held held)
        {
            SafeUntil = held.SafeUntil;
        }
    }

    public void StartAgent()
    {
        if (!IsUp || !Agent.IsDead)
        {
            return;
        }

        Agent = new SimProcess(_world, $"{Name}/agent");
        var process = Agent;
        process.Do(() => _running = BuildAgent(process).RunAsync(CancellationToken.None, CancellationToken.None));
        Guard.SeeAgent();
        _world.Tell(Name.Value, "the agent starts");
    }

    public void KillAgent()
    {
        Agent.Kill();
        _running = null;
        Guard.LoseAgent();
    }

    public void Sleep()
    {
        IsAsleep = true;
        Agent.Pause();
        Guard.Process.Pause();
        Postgres.Freeze(postmaster: true, backends: true);
    }

    /// <summary>The guard looks first: its timer was due, and it is the smaller process.</summary>
    public void Wake()
    {
        IsAsleep = false;
        WokeAt = _world.Now;
        Guard.Process.Resume();
        Agent.Resume();
        Postgres.Thaw();
    }

    private AgentServer BuildAgent(SimProcess process)
    {
        var time = new ProcessTime(_world, process, this);
        var ports = new AgentPorts(
            _world.Mutation == Mutation.SilentLeaderForgotten ? new ForgetfulDcs(Dcs) : Dcs,
            new SimInstance(_world, this, time),
            _world.Scenery.HasGuard ? new GuardClient(_world, this, time) : new NoGuard(),
            new SimProbe(_world, this, time),
            time,
            time);
        var options = new AgentOptions
        {
            Name = Name,
            Scope = "simulation",
            ConnUrl = $"postgres://{Name}:5432/postgres",
            ApiUrl = $"http://{Name}:8008/patroni",
            BootstrapConfigJson = _world.Scenery.ConfigJson,
            Guard = _world.Scenery.HasGuard ? GuardMode.Required : GuardMode.Off,
        };
        return _server = new AgentServer(ports, options, _claims, reload: () => { }, _loggers);
    }
}
