using Router.Dcs;
using Router.Dcs.InMemory;

namespace Router.Simulation;

/// <summary>What happens to the store itself, and what people do to it.</summary>
internal sealed class StoreFaults(World world)
{
    private static readonly DcsKey[] Records =
    [
        DcsKey.Leader, DcsKey.Initialize, DcsKey.Config, DcsKey.Status, DcsKey.Failover, DcsKey.History, DcsKey.Sync,
        DcsKey.Epoch,
    ];

    private readonly InMemorySnapshot _empty = world.Store.Backup();
    private readonly List<DcsKey> _garbage = [];
    private InMemorySnapshot? _backup;
    private bool _isPaused;

    /// <summary>A person tidies up: no garbage is left, and no pause.</summary>
    public void Heal()
    {
        // All of it: a backup may have brought garbage back.
        _garbage.AddRange(Records);
        _garbage.AddRange(world.Machines.Select(machine => DcsKey.Member(machine.Name)));
        EraseGarbage();
        if (_isPaused)
        {
            Maintain();
        }
    }

    public void Elect()
    {
        world.Tell("store", "elects a leader: every lease begins anew");
        world.Store.RestartLeases();
        world.Store.Compact();
    }

    public void RevokeLeader()
    {
        if (world.Store.Read().Keys.GetValueOrDefault(DcsKey.Leader.Path) is { LeaseId: not 0 } leader)
        {
            world.Tell("store", "revokes the leader's lease by itself");
            _ = world.Store.Revoke(leader.LeaseId);
        }
    }

    public void DeleteLeader()
    {
        world.Tell("operator", "deletes the leader key");
        _ = world.Store.Erase(DcsKey.Leader);
    }

    public void DeleteSync()
    {
        world.Tell("operator", "deletes the sync key");
        _ = world.Store.Erase(DcsKey.Sync);
    }

    /// <summary>Pauses the cluster, or resumes it.</summary>
    public void Maintain()
    {
        _isPaused = !_isPaused;
        world.Tell("operator", _isPaused ? "pauses the cluster" : "resumes the cluster");
        _ = world.Store.Overwrite(DcsKey.Config, world.Scenery.ConfigOf(_isPaused));
    }

    /// <summary>It loses what it knew: a key, all of them, or its last hours.</summary>
    public void Forget()
    {
        switch (world.Random.Next(5))
        {
            case 0: Wipe(); break;
            case 1: Replace(); break;
            case 2: Garble(); break;
            case 3: Delete(); break;
            default: Restore(); break;
        }
    }

    private void Wipe()
    {
        world.Tell("operator", "deletes every key");
        world.Store.Wipe();
    }

    private void Replace()
    {
        world.Tell("operator", "replaces the store's data by nothing");
        world.Store.Restore(_empty);
    }

    private void Delete()
    {
        var key = Draw();
        world.Tell("operator", $"deletes {key}");
        _ = world.Store.Erase(key);
    }

    private void Garble()
    {
        var key = Draw();
        world.Tell("operator", $"writes garbage to {key}");
        _ = world.Store.Overwrite(key, world.Random.Next(2) == 0 ? null : " ");
        _garbage.Add(key);
        world.After(world.Between(2, 20), EraseGarbage);
    }

    /// <summary>Never the key of a member that cannot write it anew: only its key says that a silent leader may live.</summary>
    private DcsKey Draw()
    {
        var machine = world.Machines[world.Random.Next(world.Machines.Count)];
        return world.Random.Next(4) == 0 && machine.Agent.Runs && !machine.Dcs.Faults.IsUnreachable
            ? DcsKey.Member(machine.Name)
            : Records[world.Random.Next(Records.Length)];
    }

    private void EraseGarbage()
    {
        foreach (var key in _garbage)
        {
            if (world.Store.Read().Keys.GetValueOrDefault(key.Path) is { Value: null or " " })
            {
                world.Tell("operator", $"deletes the garbage in {key}");
                _ = world.Store.Erase(key);
            }
        }

        _garbage.Clear();
    }

    private void Restore()
    {
        if (_backup is null || world.Random.Next(2) == 0)
        {
            _backup = world.Store.Backup();
            world.Tell("operator", "takes a backup of the store");
            return;
        }

        world.Tell("operator", "restores the store from the backup");
        world.Store.Restore(_backup);

        // The backup's leases run on from their full time, as in etcd; the members' keys are written anew by themselves.
        world.After(Scenery.Ttl, () =>
        {
            foreach (var key in world.Machines.Select(machine => DcsKey.Member(machine.Name)).Append(DcsKey.Leader))
            {
                EraseOrphan(key);
            }
        });
    }

    private void EraseOrphan(DcsKey key)
    {
        if (world.Store.IsOrphan(key))
        {
            _ = world.Store.Erase(key);
        }
    }
}
