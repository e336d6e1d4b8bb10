namespace Router.Simulation;

/// <summary>
/// One process of the world: where its continuations run, one at a time and in the order in which they became due. A
/// paused process keeps what is due for later; a killed one never runs again, whatever it was waiting for.
/// </summary>
internal sealed class SimProcess(World world, string name) : SynchronizationContext
{
    private readonly Queue<Action> _held = new();

    public string Name => name;

    public bool IsPaused { get; private set; }

    public bool IsDead { get; private set; }

    public bool Runs => !IsPaused && !IsDead;

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        while (_held.TryDequeue(out var action))
        {
            world.Enqueue(this, action);
        }
    }

    public void Kill()
    {
        IsDead = true;
        _held.Clear();
    }

    public override void Post(SendOrPostCallback d, object? state) => Do(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    /// <summary>Runs <paramref name="action"/> in its turn.</summary>
    public void Do(Action action)
    {
        if (!IsDead)
        {
            world.Enqueue(this, action);
        }
    }

    /// <summary>For the world: the turn has come.</summary>
    public void Run(Action action)
    {
        if (IsDead)
        {
            return;
        }

        if (IsPaused)
        {
            _held.Enqueue(action);
            return;
        }

        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
