using System.Globalization;
using System.Text;
using Router.Cluster;
using Router.Dcs.InMemory;
using Router.Testing;

namespace Router.Simulation;

/// <summary>
/// Everything that there is: one clock, one random number generator, one queue of what is due, the store, the machines.
/// One thread and one seed give one history.
/// </summary>
internal sealed class World
{
    private readonly Queue<(SimProcess Process, Action Action)> _due = new();
    private readonly StringBuilder _transcript = new();
    private readonly DateTimeOffset _start;

    public World(int seed, Scenery scenery, Mutation mutation)
    {
        Random = new Random(seed);
        Scenery = scenery;
        Mutation = mutation;
        _start = Time.GetUtcNow();
        Store = new InMemoryStore(Time);
        Machines = [.. Enumerable.Range(0, scenery.Members).Select(
            index => new Machine(this, new MemberName($"node-{index + 1}")))];
        Judge = new Judge(this);
    }

    public Random Random { get; }

    public Scenery Scenery { get; }

    public Mutation Mutation { get; }

    public ManualTime Time { get; } = new();

    public InMemoryStore Store { get; }

    public IReadOnlyList<Machine> Machines { get; }

    public Judge Judge { get; }

    /// <summary>Pairs of machines that cannot reach each other.</summary>
    public HashSet<(MemberName, MemberName)> Cuts { get; } = [];

    public BootTime Now => new(Time.GetUtcNow() - _start);

    public string Transcript => _transcript.ToString();

    public Machine? Find(MemberName name) => Machines.FirstOrDefault(machine => machine.Name == name);

    public bool AreConnected(MemberName left, MemberName right) =>
        left == right || (!Cuts.Contains((left, right)) && !Cuts.Contains((right, left)));

    public void Enqueue(SimProcess process, Action action) => _due.Enqueue((process, action));

    /// <summary>Something that happens by itself, outside of any process of ours.</summary>
    public void After(TimeSpan delay, Action action) =>
        _ = Time.CreateTimer(_ => action(), null, delay, Timeout.InfiniteTimeSpan);

    public TimeSpan Between(double fromSeconds, double toSeconds) =>
        TimeSpan.FromSeconds(fromSeconds + (Random.NextDouble() * (toSeconds - fromSeconds)));

    public void Tell(string who, string what) => _transcript.Append(string.Create(
        CultureInfo.InvariantCulture, $"{Now.SinceBoot.TotalSeconds,9:0.000} {who,-8} {what}\n"));

    /// <summary>Lets the world run until <paramref name="end"/>, or until a rule is broken.</summary>
    public void RunUntil(BootTime end)
    {
        while (Judge.Verdict is null && Now < end)
        {
            while (_due.TryDequeue(out var due))
            {
                due.Process.Run(due.Action);
                Judge.Look();
            }

            var next = Time.NextDue is { } at ? at - Time.GetUtcNow() : end - Now;
            Time.Advance(next < end - Now ? next : end - Now);
            Judge.Look();
        }
    }
}
