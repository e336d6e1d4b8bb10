using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Testing;

namespace Router.Cluster.Tests.Ha;

/// <summary>
/// Members, their WAL as one number each, the sync key and the names in effect at the leader. Commits are acknowledged
/// when every name has them, the leader decides by the production policy, and any action may be the last before a crash.
/// </summary>
internal sealed class SyncModel
{
    private readonly Random _random;
    private readonly HaSettings _settings;
    private readonly MemberName[] _names;
    private readonly Dictionary<MemberName, long> _wal = [];
    private readonly HashSet<MemberName> _streaming = [];
    private readonly List<string> _story = [];
    private MemberName _leader;
    private bool _isPrimary = true;
    private SyncState _key = SyncState.Inactive;
    private long _keyRevision;
    private string _inEffect = "";
    private Lsn? _setAt;
    private long _acknowledged;
    private long _revision = 1;

    public SyncModel(Random random, HaSettings settings, int members)
    {
        _random = random;
        _settings = settings;
        _names = [.. Enumerable.Range(0, members).Select(index => new MemberName($"node-{index}"))];
        foreach (var name in _names)
        {
            _wal[name] = 1;
        }

        _leader = _names[0];
    }

    public string Story => string.Join('\n', _story);

    public bool IsKeyFilled => !_key.Standbys.IsEmpty;

    public int Promotions { get; private set; }

    /// <summary>Everybody streams and nothing happens but cycles: the key has to fill within a few of them.</summary>
    public void Heal()
    {
        foreach (var name in _names)
        {
            _ = _streaming.Add(name);
        }

        for (var step = 0; step < 12; step++)
        {
            Stream(all: true);
            Cycle(mayBreakOff: false);
        }
    }

    public void Step()
    {
        switch (_random.Next(6))
        {
            case 0 when _isPrimary:
                _wal[_leader]++;
                Tell("writes", _wal[_leader]);
                break;
            case 1:
                Stream(all: false);
                break;
            case 2:
                var changed = _names[_random.Next(_names.Length)];
                Tell($"{changed} {(_streaming.Remove(changed) ? "is cut off" : "streams")}", _streaming.Count);
                _ = _story[^1].Contains("streams", StringComparison.Ordinal) && _streaming.Add(changed);
                break;
            case 3 when _random.Next(4) == 0:
                Promote();
                break;
            default:
                Cycle(mayBreakOff: true);
                break;
        }

        Acknowledge();
    }

    /// <summary>Null while each member that may be promoted has every acknowledged commit.</summary>
    public string? Loss() => _names
        .Where(name => _key.IsActive && _key.MayBePromoted(name) && _wal[name] < _acknowledged)
        .Select(name => $"{name} may be promoted at {_wal[name]}, and {_acknowledged} was acknowledged")
        .FirstOrDefault();

    private void Stream(bool all)
    {
        foreach (var name in _names.Where(name => name != _leader && _isPrimary && _streaming.Contains(name)))
        {
            _wal[name] = all || _random.Next(2) == 0 ? _wal[_leader] : _wal[name];
        }
    }

    /// <summary>A commit counts once every name in effect has it; nothing is counted before the first leader's key.</summary>
    private void Acknowledge()
    {
        if (!_isPrimary || SynchronousStandbyNames.Parse(_inEffect) is not { } names || names is { Names.IsEmpty: true, Count: > 0 })
        {
            return;
        }

        var reached = _names.Where(name => names.Names.Contains(name.Value)).Select(name => _wal[name]);
        var isActive = _key.IsActive;
        if (isActive)
        {
            _acknowledged = Math.Max(_acknowledged, reached.Append(_wal[_leader]).Min());
        }
    }

    /// <summary>The leader dies and one that may race wins; it runs the promotion's steps, perhaps not all of them.</summary>
    private void Promote()
    {
        var racers = _names.Where(name => name != _leader && _key.IsActive && _key.MayBePromoted(name)).ToList();
        if (racers.Count == 0)
        {
            return;
        }

        _leader = racers[_random.Next(racers.Count)];
        _isPrimary = false;
        _setAt = null;
        _inEffect = "";
        Tell($"{_leader} takes the lock", _wal[_leader]);
        Cycle(mayBreakOff: true);
    }

    private void Cycle(bool mayBreakOff)
    {
        var decision = HaPolicy.Decide(View(), Local(), _settings);
        var last = mayBreakOff && _random.Next(3) == 0 ? _random.Next(decision.Actions.Count + 1) : decision.Actions.Count;
        foreach (var action in decision.Actions.Take(last))
        {
            if (!Perform(action))
            {
                break;
            }
        }
    }

    /// <summary>One time in eight the key's write is refused or its answer is lost.</summary>
    private bool Perform(HaAction action)
    {
        switch (action)
        {
            case HaAction.WriteSync write:
                var fate = _random.Next(16);
                if (fate == 0)
                {
                    return false;
                }

                Assert.Equal(_keyRevision, write.Seen.Value);
                (_key, _keyRevision) = (write.Next, ++_revision);
                Tell($"key {write.Next.Leader} + {string.Join(',', write.Next.Standbys)}", _keyRevision);
                return fate != 1;
            case HaAction.SetSynchronousNames set:
                (_inEffect, _setAt) = (set.Value, new Lsn(_wal[_leader]));
                Tell($"names '{set.Value}'", _wal[_leader]);
                return true;
            case HaAction.Promote:
                _isPrimary = true;
                Promotions++;

                // Whoever was ahead of the new leader has parted from it and is rewound to it.
                foreach (var name in _names)
                {
                    _wal[name] = Math.Min(_wal[name], _wal[_leader]);
                }

                Tell($"{_leader} is promoted", _wal[_leader]);
                return true;
            default:
                return true;
        }
    }

    private ClusterView View() => ClusterViews.Unlocked() with
    {
        Epoch = default,
        Leader = StoredKey<LeaderLock>.Present(
            new LeaderLock(_leader, 1, new Revision(1), new Revision(1)), new Revision(1)),
        Sync = _keyRevision == 0 ? default : StoredKey<SyncState>.Present(_key, new Revision(_keyRevision)),
        Members = [.. _names.Select(ClusterViews.Replica)],
    };

    private LocalState Local()
    {
        var local = (_isPrimary ? LocalStates.Primary(_leader) : LocalStates.Standby(_leader)).Leading();
        var names = SynchronousStandbyNames.Parse(_inEffect)!;
        var rows = _names.Where(name => name != _leader && _isPrimary && _streaming.Contains(name)).Select(name =>
            LocalStates.Streaming(name, _wal[name], names.Names.Contains(name.Value) ? "sync" : "async"));
        return (local with { SynchronousNamesSetAt = _setAt }).With(facts => facts with
        {
            FlushLsn = new Lsn(_wal[_leader]),
            SynchronousStandbyNames = _inEffect,
            Standbys = rows.ToEquatableList(),
        });
    }

    private void Tell(string what, long number) => _story.Add($"{what} ({number})");
}
