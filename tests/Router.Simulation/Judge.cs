using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Simulation;

/// <summary>Looks at the world after everything that happens, and says what rule was broken first.</summary>
internal sealed class Judge(World world)
{
    /// <summary>faults.md 8: a machine that slept may answer for this long before its clock shows the sleep.</summary>
    private static readonly TimeSpan WakingMax = TimeSpan.FromMilliseconds(200);

    /// <summary>How long an agent that runs may need to stop a primary it has no claim for.</summary>
    private static readonly TimeSpan UnclaimedMax = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, MemberName> _promotions = [];
    private readonly List<(WalRecord Record, int At)> _acknowledged = [];
    private readonly Dictionary<MemberName, BootTime> _unclaimedSince = [];
    private bool _isTimelineAmbiguous;
    private long _lastRecord;

    public string? Verdict { get; private set; }

    public int Acknowledgements => _acknowledged.Count;

    public int Promotions => _promotions.Count;

    public WalRecord NewRecord(int timeline) => new(++_lastRecord, timeline);

    public void Look()
    {
        if (Verdict is not null)
        {
            return;
        }

        var able = world.Machines.Where(machine => machine.Postgres.CanAcknowledge && !IsWaking(machine)).ToList();
        if (able.Count > 1)
        {
            Convict($"{string.Join(" and ", able.Select(machine => machine.Name))} can acknowledge a commit at once");
        }

        foreach (var machine in world.Machines)
        {
            machine.NoteLease();
            if (!world.Scenery.HasPauses && machine is { Postgres.TakesWrites: true, SafeUntil: { } until }
                && world.Now + machine.BootOffset > until && !IsWaking(machine))
            {
                Convict($"{machine.Name} takes writes after its lease may have ended");
            }

            LookAtClaim(machine);
            if (machine.Crash is { } crash)
            {
                Convict($"the agent of {machine.Name} ended: {crash}");
            }
        }
    }

    /// <summary>The guard ends it too; an agent that leaves it to the guard is found here.</summary>
    private void LookAtClaim(Machine machine)
    {
        if (world.Scenery.HasPauses || machine is not { Postgres.TakesWrites: true, SafeUntil: not null, Agent.Runs: true }
            || machine.Lease is LeaseState.Held)
        {
            _ = _unclaimedSince.Remove(machine.Name);
        }
        else if (!_unclaimedSince.TryAdd(machine.Name, world.Now)
            && world.Now - _unclaimedSince[machine.Name] > UnclaimedMax)
        {
            Convict($"{machine.Name} runs as primary without a claim, and its agent lets it");
        }
    }

    public void Promoted(Machine machine, Timeline timeline)
    {
        world.Tell(machine.Name.Value, $"PostgreSQL opens timeline {timeline}");
        if (!_promotions.TryAdd(timeline.Value, machine.Name))
        {
            _isTimelineAmbiguous = true;
            if (!world.Scenery.StoreMayForget)
            {
                Convict($"{machine.Name} opens timeline {timeline}, which {_promotions[timeline.Value]} has opened");
            }
        }

        if (world.Scenery is { HasGuard: true, HasPauses: false } && machine.Guard.Memory.Duty != GuardDuty.Armed)
        {
            Convict($"{machine.Name} opens timeline {timeline} and its guard was not armed for it");
        }

        Require(machine, "is promoted");
    }

    public void Acknowledged(WalRecord record, int at) => _acknowledged.Add((record, at));

    /// <summary>After the last fault was healed: one primary, everybody behind it, everything acknowledged on it.</summary>
    public void Conclude()
    {
        if (Verdict is not null)
        {
            return;
        }

        var primaries = world.Machines.Where(machine => machine.Postgres.TakesWrites).ToList();
        if (primaries.Count != 1)
        {
            Convict($"{primaries.Count} primaries after everything was healed");
            return;
        }

        // Two histories with one number: their members cannot tell, and a person has to reinitialize one.
        foreach (var machine in world.Machines.Where(
            machine => !_isTimelineAmbiguous && machine != primaries[0] && !machine.Postgres.IsStreaming))
        {
            Convict($"{machine.Name} does not stream after everything was healed");
        }

        if (!primaries[0].Postgres.CanAcknowledge)
        {
            Convict($"{primaries[0].Name} answers no commit after everything was healed");
        }

        Require(primaries[0], "leads at the end");
    }

    private void Require(Machine machine, string what)
    {
        if (!world.Scenery.IsSynchronous)
        {
            return;
        }

        var lost = _acknowledged.Count(commit => !machine.Postgres.Data!.Contains(commit.Record, commit.At));
        if (lost > 0)
        {
            Convict($"{machine.Name} {what} without {lost} acknowledged commits");
        }
    }

    private bool IsWaking(Machine machine) =>
        machine.IsAsleep || (machine.WokeAt is { } woke && world.Now - woke < WakingMax);

    private void Convict(string verdict)
    {
        Verdict ??= verdict;
        world.Tell("judge", verdict);
    }
}
