using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Simulation;

/// <summary>
/// PostgreSQL as far as leadership is concerned: a postmaster and its backends, each of which can be frozen or killed
/// alone, over a directory of WAL. What was begun goes on by itself, whoever began it. Clients write whenever they can.
/// </summary>
internal sealed class PostgresModel
{
    private readonly World _world;
    private readonly Machine _machine;
    private readonly Dictionary<string, int> _reported = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(WalRecord Record, int At)> _waiting = [];
    private Phase _phase = Phase.Stopped;
    private bool _isPostmasterAlive;
    private bool _isInRecovery;
    private int _life;

    public PostgresModel(World world, Machine machine)
    {
        (_world, _machine) = (world, machine);
        Replicate();
        Write();
    }

    private enum Phase
    {
        Stopped,
        Starting,
        Running,
        Stopping,
    }

    public DataDirectory? Data { get; set; }

    public bool IsPostmasterFrozen { get; private set; }

    public bool AreBackendsFrozen { get; private set; }

    /// <summary>Its disk or its network is slow: it receives a record now and then.</summary>
    public bool IsSlow { get; set; }

    public bool IsStopped => _phase == Phase.Stopped;

    public bool IsStreaming { get; private set; }

    public bool IsRunningPrimary => _phase == Phase.Running && !_isInRecovery;

    public bool IsRunningStandby => _phase == Phase.Running && _isInRecovery;

    /// <summary>Whether a client's write could be begun this very moment.</summary>
    public bool TakesWrites => IsRunningPrimary && !AreBackendsFrozen;

    /// <summary>Whether a commit begun now would be answered: every synchronous standby streams.</summary>
    public bool CanAcknowledge => TakesWrites && Names is { } names
        && names.Count <= names.Names.Count(name => _reported.ContainsKey(name) && Streams(name));

    public InstanceSighting Sighting => _phase switch
    {
        Phase.Stopped => InstanceSighting.Stopped,
        Phase.Running when _isInRecovery => InstanceSighting.InRecovery,
        _ when Data!.HasStandbySignal => InstanceSighting.InRecovery,
        _ => InstanceSighting.Primary,
    };

    private SynchronousStandbyNames? Names => SynchronousStandbyNames.Parse(Data!.SynchronousNames);

    public void StartAsPrimary()
    {
        Data!.HasStandbySignal = false;
        Start();
    }

    public void StartAsStandby(FollowTarget? target)
    {
        Data!.HasStandbySignal = true;
        Data.Following = target;
        Start();
    }

    public void Promote() => Later(0.02, 0.3, () =>
    {
        if (!IsRunningStandby)
        {
            return;
        }

        var next = Data!.Timeline.Next;
        _world.Judge.Promoted(_machine, next);
        Data.HasStandbySignal = false;
        Data.Wal.Add(_world.Judge.NewRecord(next.Value));
        _isInRecovery = false;
        IsStreaming = false;
    });

    /// <summary>SIGINT: sessions end at once; what the connected standbys lack is sent before the end.</summary>
    public void StopFast()
    {
        if (_phase is Phase.Stopped or Phase.Stopping || IsPostmasterFrozen || !_isPostmasterAlive)
        {
            return;
        }

        var wasPrimary = IsRunningPrimary;
        _phase = Phase.Stopping;
        _waiting.Clear();
        Later(0.05, 0.3, () => Checkpoint(wasPrimary));
    }

    /// <summary>Every process of the instance: what the fence does, and what a crash of the machine does.</summary>
    public void Kill()
    {
        _life++;
        _phase = Phase.Stopped;
        _isPostmasterAlive = false;
        IsStreaming = false;
        IsPostmasterFrozen = AreBackendsFrozen = false;
        _waiting.Clear();
        _reported.Clear();
    }

    /// <summary>The postmaster alone: its backends go on until they notice.</summary>
    public void KillPostmaster()
    {
        if (_phase == Phase.Stopped)
        {
            return;
        }

        _isPostmasterAlive = false;
        var life = _life;
        _world.After(_world.Between(0.05, 1), () =>
        {
            if (life == _life)
            {
                Kill();
            }
        });
    }

    public void Freeze(bool postmaster, bool backends)
    {
        IsPostmasterFrozen |= postmaster && _phase != Phase.Stopped;
        AreBackendsFrozen |= backends && _phase != Phase.Stopped;
    }

    public void Thaw() => IsPostmasterFrozen = AreBackendsFrozen = false;

    public void SetNames(string value)
    {
        Data!.SynchronousNames = value;
        Acknowledge();
    }

    public PostgresFacts Facts()
    {
        var state = State();
        var facts = new PostgresFacts
        {
            DataDirectory = Data is null ? DataDirectoryState.Empty
                : Data.IsHalfRewound ? DataDirectoryState.HalfRewound : DataDirectoryState.Valid,
            Control = Data is { IsHalfRewound: false } ? Data.Control : null,
            HasStandbySignal = Data?.HasStandbySignal ?? false,
            State = state,
        };
        return state != PostgresState.Running || Data is null ? facts : facts with
        {
            IsInRecovery = _isInRecovery,
            Timeline = Data.Timeline,
            FlushLsn = Data.End,
            ReceiveLsn = _isInRecovery ? Data.End : Lsn.Zero,
            ReplayLsn = _isInRecovery ? Data.End : Lsn.Zero,
            ReplicationState = !_isInRecovery ? null : IsStreaming ? "streaming" : null,
            Following = _isInRecovery ? Data.Following : null,
            SynchronousStandbyNames = Data.SynchronousNames,
            Slots = Data.Slots.Select(name => new ReplicationSlot(name, true, false, null, null)).ToEquatableList(),
            Standbys = _reported.Where(row => !_isInRecovery && Streams(row.Key)).Select(Row).ToEquatableList(),
        };
    }

    private PostgresState State() => _phase switch
    {
        _ when IsPostmasterFrozen && AreBackendsFrozen => PostgresState.Hung,
        Phase.Stopped => PostgresState.Stopped,
        _ when !_isPostmasterAlive => PostgresState.Stopping,
        Phase.Starting => PostgresState.Starting,
        Phase.Stopping => PostgresState.Stopping,
        _ => PostgresState.Running,
    };

    private void Start()
    {
        if (Data!.IsHalfRewound)
        {
            throw new InvalidOperationException("A half rewound directory is never started.");
        }

        _life++;
        _phase = Phase.Starting;
        _isPostmasterAlive = true;
        Later(0.2, 1.5, () =>
        {
            _phase = Phase.Running;
            _isInRecovery = Data!.HasStandbySignal;
            Data.ControlState = _isInRecovery ? "in archive recovery" : "in production";
        });
    }

    private void Checkpoint(bool wasPrimary)
    {
        if (wasPrimary)
        {
            Data!.CheckpointLsn = Data.End;
            Data.ControlTimeline = Data.Timeline;
            Data.Wal.Add(_world.Judge.NewRecord(Data.Timeline.Value));
        }

        // Walsenders leave when their standbys have everything, and the postmaster after them.
        Later(0.05, 0.2, () =>
        {
            Data!.ControlState = wasPrimary ? "shut down" : "shut down in recovery";
            Kill();
        });
    }

    /// <summary>A frozen process does it when it is let go on.</summary>
    private void Later(double from, double to, Action action)
    {
        var life = _life;
        _world.After(_world.Between(from, to), () => Try(life, action));
    }

    private void Try(int life, Action action)
    {
        if (life != _life)
        {
            return;
        }

        if (IsPostmasterFrozen || AreBackendsFrozen)
        {
            _world.After(TimeSpan.FromMilliseconds(50), () => Try(life, action));
            return;
        }

        action();
    }

    private void Replicate()
    {
        Receive();
        _world.After(_world.Between(0.005, 0.03), Replicate);
    }

    private void Receive()
    {
        IsStreaming = false;
        if (!IsRunningStandby || AreBackendsFrozen || Data?.Following is not { } target
            || _world.Find(target.Member) is not { } source || !_world.AreConnected(source.Name, _machine.Name)
            || source.Postgres is not { _phase: Phase.Running or Phase.Stopping, AreBackendsFrozen: false, Data: { } ahead } from
            || !Data.IsPrefixOf(ahead))
        {
            return;
        }

        IsStreaming = true;
        Data.CopyFrom(ahead, IsSlow ? _world.Random.Next(10) / 9 : _world.Random.Next(1, 12));
        from._reported[_machine.Name.Value] = Data.Wal.Count;
        from.Acknowledge();
    }

    private void Write()
    {
        _world.After(_world.Between(0.02, 0.08), Write);
        if (!TakesWrites)
        {
            return;
        }

        var record = _world.Judge.NewRecord(Data!.Timeline.Value);
        _waiting.Add((record, Data.Wal.Count));
        Data.Wal.Add(record);
        Acknowledge();
    }

    private void Acknowledge()
    {
        if (!TakesWrites || Names is not { } names)
        {
            return;
        }

        foreach (var (record, at) in _waiting.ToList())
        {
            var has = names.Names.Count(name => _reported.TryGetValue(name, out var end) && end > at);
            if (has >= names.Count)
            {
                _ = _waiting.Remove((record, at));
                _world.Judge.Acknowledged(record, at);
            }
        }
    }

    private bool Streams(string name) =>
        _world.Machines.FirstOrDefault(machine => string.Equals(machine.Name.Value, name, StringComparison.OrdinalIgnoreCase))
            is { Postgres.IsStreaming: true } standby
        && standby.Postgres.Data?.Following?.Member == _machine.Name;

    private StandbyConnection Row(KeyValuePair<string, int> reported)
    {
        var position = new Lsn(reported.Value * DataDirectory.RecordBytes);
        var isNamed = Names?.Names.Contains(reported.Key) is true;
        return new StandbyConnection(reported.Key, "streaming", isNamed ? "sync" : "async", position, position, position);
    }
}
