using Router.Cluster;

namespace Router.Simulation;

/// <summary>One seed, one history, one verdict.</summary>
public static class Simulation
{
    /// <summary>Plays a run: faults for a while, then none, and at the end the cluster has to be whole.</summary>
    /// <param name="seed">Draws everything.</param>
    /// <param name="mutation">What is broken on purpose, to see that the run finds it.</param>
    public static RunResult Run(int seed, Mutation mutation = Mutation.None)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Play(seed, mutation);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static RunResult Play(int seed, Mutation mutation)
    {
        var scenery = Scenery.Draw(seed);
        var world = new World(seed, scenery, mutation);
        world.Tell("world", $"seed {seed}: {scenery}");
        foreach (var machine in world.Machines)
        {
            machine.Boot();
        }

        var faults = new Faults(world);
        faults.Begin();
        var healedAt = new BootTime(Scenery.FaultsLast);
        world.RunUntil(healedAt);
        if (world.Judge.Verdict is null)
        {
            faults.HealAll();
            world.RunUntil(healedAt + Scenery.HealingLasts);
            world.Judge.Conclude();
        }

        return new RunResult(
            seed, scenery.ToString(), world.Judge.Verdict, world.Judge.Acknowledgements, world.Judge.Promotions,
            world.Transcript);
    }
}
