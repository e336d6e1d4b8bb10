using Router.Cluster;
using Router.Dcs;
using Router.Dcs.Codecs;
using Router.Dcs.InMemory;

namespace Router.Simulation;

/// <summary>What goes wrong, and when: drawn from the seed, each with its end.</summary>
internal sealed class Faults(World world)
{
    private readonly StoreFaults _store = new(world);
    private bool _isOver;

    public void Begin() => world.After(world.Between(8, 15), Next);

    /// <summary>Everything is mended and nothing else breaks.</summary>
    public void HealAll()
    {
        _isOver = true;
        world.Cuts.Clear();
        _store.Heal();
        foreach (var machine in world.Machines)
        {
            Mend(machine);
        }

        world.Tell("world", "everything is healed");
    }

    private void Mend(Machine machine)
    {
        machine.Dcs.Faults = machine.Distance();
        if (!machine.IsUp)
        {
            machine.Boot();
        }

        if (machine.IsAsleep)
        {
            machine.Wake();
        }

        machine.Agent.Resume();
        machine.Guard.Process.Resume();
        machine.Postgres.Thaw();
        machine.Postgres.IsSlow = false;
        machine.StartAgent();
        machine.Guard.ReplaceSoon();
    }

    private void Next()
    {
        if (_isOver)
        {
            return;
        }

        Strike(world.Machines[world.Random.Next(world.Machines.Count)]);
        world.After(world.Between(0.5, 14), Next);
    }

    private void Strike(Machine machine)
    {
        // The leader is where it hurts: half of all faults go there.
        var leader = world.Machines.FirstOrDefault(candidate => candidate.Postgres.TakesWrites);
        var victim = world.Random.Next(2) == 0 && leader is not null ? leader : machine;
        if (!victim.IsUp || victim.IsAsleep)
        {
            return;
        }

        var kinds = 21 + (world.Scenery.HasPauses ? 2 : 0) + (world.Scenery.StoreMayForget ? 5 : 0)
            + (world.Scenery.IsSynchronous ? 1 : 0);
        switch (world.Random.Next(kinds))
        {
            case 0: Stop(victim, "PostgreSQL is killed", victim.Postgres.Kill, null); break;
            case 1: Stop(victim, "the postmaster is killed", victim.Postgres.KillPostmaster, null); break;
            case 2: Freeze(victim, "PostgreSQL freezes", postmaster: true, backends: true); break;
            case 3: Freeze(victim, "the postmaster freezes", postmaster: true, backends: false); break;
            case 4: Freeze(victim, "the backends freeze", postmaster: false, backends: true); break;
            case 5: PauseAgent(victim); break;
            case 6: KillAgent(victim); break;
            case 7: LoseGuard(victim, isKilled: world.Random.Next(2) == 0); break;
            case 8: Stop(victim, "the power goes", victim.CutPower, victim.Boot); break;
            case 9 when world.Scenery.HasGuard: Stop(victim, "the machine sleeps", victim.Sleep, victim.Wake); break;
            case 10: Store(victim, "cannot reach the store", new InMemoryFaults { IsUnreachable = true }); break;
            case 11: Store(victim, "hears no reply of the store", new InMemoryFaults { LosesReplies = true }); break;
            case 12: Store(victim, "has a slow way to the store", Slow()); break;
            case 13: Isolate(victim); break;
            case 14: _store.Elect(); break;
            case 15: Jump(victim); break;
            case 16: Ask(); break;
            case 17: Slow(machine); break;
            case 18: _store.RevokeLeader(); break;
            case 19: _store.DeleteLeader(); break;
            case 20: Silence(leader ?? victim); break;
            case 21 or 22 when world.Scenery.HasPauses: _store.Maintain(); break;
            default: LoseRecords(victim); break;
        }
    }

    /// <summary>
    /// A store that forgets is played in asynchronous clusters; in synchronous ones it loses who is synchronous, half of the
    /// time together with machines that know it.
    /// </summary>
    private void LoseRecords(Machine victim)
    {
        if (!world.Scenery.IsSynchronous)
        {
            _store.Forget();
            return;
        }

        if (world.Random.Next(2) == 0)
        {
            var second = world.Machines[world.Random.Next(world.Machines.Count)];
            foreach (var machine in new[] { victim, second }.Where(machine => machine is { IsUp: true, IsAsleep: false }))
            {
                Stop(machine, "the power goes", machine.CutPower, machine.Boot);
            }
        }

        _store.DeleteSync();
    }

    private void Slow(Machine machine)
    {
        world.Tell(machine.Name.Value, "receives slowly");
        machine.Postgres.IsSlow = true;
        world.After(world.Between(5, 40), () => machine.Postgres.IsSlow = false);
    }

    private InMemoryFaults Slow() => new()
    {
        RequestDelay = world.Between(0.1, 1.5),
        ReplyDelay = world.Between(0.1, 1.5),
    };

    private void Stop(Machine machine, string what, Action begin, Action? end)
    {
        world.Tell(machine.Name.Value, what);
        begin();
        if (end is not null)
        {
            world.After(world.Between(1, 25), () => Unless(machine, end));
        }
    }

    /// <summary>An end that a later fault, or the healing, has overtaken does nothing.</summary>
    private void Unless(Machine machine, Action end)
    {
        if (!_isOver && (machine.IsAsleep || !machine.IsUp))
        {
            world.Tell(machine.Name.Value, "is back");
            end();
        }
    }

    private void Freeze(Machine machine, string what, bool postmaster, bool backends)
    {
        world.Tell(machine.Name.Value, what);
        machine.Postgres.Freeze(postmaster, backends);
        world.After(world.Between(0.5, 20), () =>
        {
            if (!machine.IsAsleep)
            {
                machine.Postgres.Thaw();
            }
        });
    }

    /// <summary>Never agent and guard together while PostgreSQL runs: that is left open without a watchdog device.</summary>
    private void PauseAgent(Machine machine)
    {
        if (!machine.Guard.Answers || machine.Agent.IsPaused)
        {
            return;
        }

        world.Tell(machine.Name.Value, "the agent freezes");
        var agent = machine.Agent;
        agent.Pause();
        world.After(world.Between(0.5, 25), () =>
        {
            if (!machine.IsAsleep)
            {
                agent.Resume();
            }
        });
    }

    /// <summary>A leader that cannot speak, and whose key vanishes early.</summary>
    private void Silence(Machine leader)
    {
        PauseAgent(leader);
        if (leader.Agent.IsPaused)
        {
            _store.DeleteLeader();
        }
    }

    private void KillAgent(Machine machine)
    {
        if (machine.Guard.Answers && !machine.Agent.IsPaused)
        {
            world.Tell(machine.Name.Value, "the agent is killed");
            machine.KillAgent();
        }
    }

    private void LoseGuard(Machine machine, bool isKilled)
    {
        if (!machine.Agent.Runs || !machine.Guard.Answers)
        {
            return;
        }

        world.Tell(machine.Name.Value, isKilled ? "the guard is killed" : "the guard freezes");
        if (isKilled)
        {
            machine.Guard.Kill();
        }
        else
        {
            machine.Guard.Process.Pause();
        }

        machine.Guard.ReplaceSoon();
    }

    private void Store(Machine machine, string what, InMemoryFaults faults)
    {
        world.Tell(machine.Name.Value, what);
        machine.Dcs.Faults = faults;
        world.After(world.Between(0.5, 20), () => machine.Dcs.Faults = machine.Distance());
    }

    private void Isolate(Machine machine)
    {
        var others = world.Machines.Where(other => other != machine && world.Random.Next(3) > 0).ToList();
        var withStore = world.Random.Next(2) == 0;
        world.Tell(machine.Name.Value, $"is cut off from {string.Join(", ", others.Select(other => other.Name))}"
            + (withStore ? " and the store" : ""));
        foreach (var other in others)
        {
            _ = world.Cuts.Add((machine.Name, other.Name));
        }

        if (withStore)
        {
            machine.Dcs.Faults = new InMemoryFaults { IsUnreachable = true };
        }

        world.After(world.Between(0.5, 20), () =>
        {
            foreach (var other in others)
            {
                _ = world.Cuts.Remove((machine.Name, other.Name));
            }

            if (withStore)
            {
                machine.Dcs.Faults = machine.Distance();
            }
        });
    }

    private void Jump(Machine machine)
    {
        machine.WallOffset = TimeSpan.FromMinutes(world.Random.Next(-90, 90));
        world.Tell(machine.Name.Value, $"the wall clock jumps to {machine.WallOffset} off");
    }

    private void Ask()
    {
        var from = world.Machines.FirstOrDefault(machine => machine.Postgres.TakesWrites)?.Name;
        var to = world.Machines[world.Random.Next(world.Machines.Count)].Name;
        if (from is null || from == to)
        {
            return;
        }

        world.Tell("operator", $"asks for a switchover from {from} to {to}");
        _ = world.Store.Overwrite(DcsKey.Failover, FailoverCodec.Encode(new FailoverRequest(from, to, null)));
    }
}
