using System.Collections.Immutable;
using Router.Cluster;

namespace Router.Dcs.InMemory;

/// <summary>
/// The state of one deterministic store, shared by its <see cref="InMemoryDcs"/> clients: keys, revisions and leases as
/// etcd has them, on an injected clock. No threads of its own; calls from several threads are serialised.
/// </summary>
public sealed class InMemoryStore(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, InMemoryLease> _leases = [];
    private ImmutableSortedDictionary<string, RawKey> _keys =
        ImmutableSortedDictionary.Create<string, RawKey>(StringComparer.Ordinal);
    private long _revision = 1;
    private long _lastLeaseId;

    /// <summary>Raised after each change, outside of the lock.</summary>
    internal event Action? Changed;

    public TimeProvider Time { get; } = time;

    public Revision Revision
    {
        get
        {
            lock (_lock)
            {
                return new Revision(_revision);
            }
        }
    }

    /// <summary>Ends a lease from outside, with the keys on it: a spurious revoke, or an operator.</summary>
    public bool Revoke(long leaseId)
    {
        bool isKnown;
        lock (_lock)
        {
            isKnown = Drop(leaseId);
        }

        Changed?.Invoke();
        return isKnown;
    }

    /// <summary>What etcd does when its own leader changes: every lease gets its full TTL again.</summary>
    public void RestartLeases()
    {
        lock (_lock)
        {
            foreach (var lease in _leases.Values)
            {
                Renew(lease);
            }
        }
    }

    /// <summary>Writes a key past every rule: what Patroni, an operator or an accident may do.</summary>
    public Revision Overwrite(DcsKey key, string? value, long leaseId = 0)
    {
        var answer = Commit(new DcsTransaction([], [new DcsMutation.Put(key, value ?? "", leaseId)]));
        if (value is null)
        {
            lock (_lock)
            {
                _keys = _keys.SetItem(key.Path, _keys[key.Path] with { Value = null });
            }

            Changed?.Invoke();
        }

        return answer.Revision;
    }

    /// <summary>Deletes a key past every rule.</summary>
    public Revision Erase(DcsKey key) => Commit(new DcsTransaction([], [new DcsMutation.Delete(key)])).Revision;

    /// <summary>True for a key on a lease that the store does not know, as a restored one may be.</summary>
    public bool IsOrphan(DcsKey key)
    {
        lock (_lock)
        {
            return _keys.TryGetValue(key.Path, out var kept) && kept.LeaseId != 0 && !_leases.ContainsKey(kept.LeaseId);
        }
    }

    /// <summary>Deletes every key; the revision goes on.</summary>
    public void Wipe()
    {
        lock (_lock)
        {
            _keys = _keys.Clear();
            _revision++;
        }

        Changed?.Invoke();
    }

    /// <summary>Watches that follow changes one by one lose their place and read afresh.</summary>
    public void Compact() => Changed?.Invoke();

    public InMemorySnapshot Backup()
    {
        lock (_lock)
        {
            return new InMemorySnapshot(_keys, _revision);
        }
    }

    /// <summary>Starts an older history: keys and revision as of the backup, leases unknown (rule S9).</summary>
    public void Restore(InMemorySnapshot snapshot)
    {
        lock (_lock)
        {
            foreach (var lease in _leases.Values)
            {
                lease.Expiry?.Dispose();
            }

            _leases.Clear();
            _keys = snapshot.Keys;
            _revision = snapshot.Revision;
        }

        Changed?.Invoke();
    }

    internal (ImmutableSortedDictionary<string, RawKey> Keys, Revision Revision) Read()
    {
        lock (_lock)
        {
            return (_keys, new Revision(_revision));
        }
    }

    internal LeaseAnswer Grant(TimeSpan ttl)
    {
        lock (_lock)
        {
            var lease = new InMemoryLease(++_lastLeaseId, ttl);
            lease.Expiry = Time.CreateTimer(_ => Expire(lease), null, ttl, Timeout.InfiniteTimeSpan);
            lease.RenewedAt = Time.GetTimestamp();
            _leases[lease.Id] = lease;
            return new LeaseAnswer(WriteOutcome.Ok, lease.Id, ttl);
        }
    }

    internal LeaseAnswer KeepAlive(long leaseId)
    {
        lock (_lock)
        {
            if (!_leases.TryGetValue(leaseId, out var lease))
            {
                return new LeaseAnswer(WriteOutcome.Conflict, leaseId, TimeSpan.Zero);
            }

            Renew(lease);
            return new LeaseAnswer(WriteOutcome.Ok, leaseId, lease.Ttl);
        }
    }

    internal TimeSpan? Remaining(long leaseId)
    {
        lock (_lock)
        {
            return _leases.TryGetValue(leaseId, out var lease)
                ? lease.Ttl - Time.GetElapsedTime(lease.RenewedAt)
                : null;
        }
    }

    internal CommitAnswer Commit(DcsTransaction transaction)
    {
        CommitAnswer answer;
        lock (_lock)
        {
            if (!transaction.Conditions.All(Holds) || !transaction.Mutations.All(HasLiveLease))
            {
                return new CommitAnswer(WriteOutcome.Conflict, new Revision(_revision));
            }

            answer = Apply(transaction.Mutations);
        }

        if (transaction.Mutations.Count > 0)
        {
            Changed?.Invoke();
        }

        return answer;
    }

    private CommitAnswer Apply(EquatableList<DcsMutation> mutations)
    {
        var next = new Revision(_revision + 1);
        var keys = _keys;
        foreach (var mutation in mutations)
        {
            keys = mutation switch
            {
                DcsMutation.Put put => keys.SetItem(put.Key.Path, new RawKey(
                    put.Key.Path,
                    put.Value,
                    keys.TryGetValue(put.Key.Path, out var old) ? old.CreateRevision : next,
                    next,
                    put.LeaseId)),
                _ => keys.Remove(mutation.Key.Path),
            };
        }

        // As in etcd: deleting what is not there changes nothing.
        if (!ReferenceEquals(keys, _keys))
        {
            _keys = keys;
            _revision = next.Value;
        }

        return new CommitAnswer(WriteOutcome.Ok, new Revision(_revision));
    }

    private bool Holds(DcsCondition condition)
    {
        var key = _keys.GetValueOrDefault(condition.Key.Path);
        return condition switch
        {
            DcsCondition.ModRevisionIs mod => (key?.ModRevision ?? Revision.Absent) == mod.Revision,
            DcsCondition.CreateRevisionIs create => (key?.CreateRevision ?? Revision.Absent) == create.Revision,
            DcsCondition.ValueIs value => key is not null && key.Value == value.Value,
            DcsCondition.LeaseIs lease => key is not null && key.LeaseId == lease.LeaseId,
            _ => throw new ArgumentException($"Unknown condition {condition}.", nameof(condition)),
        };
    }

    private bool HasLiveLease(DcsMutation mutation) =>
        mutation is not DcsMutation.Put { LeaseId: not 0 } put || _leases.ContainsKey(put.LeaseId);

    private void Renew(InMemoryLease lease)
    {
        lease.RenewedAt = Time.GetTimestamp();
        _ = lease.Expiry?.Change(lease.Ttl, Timeout.InfiniteTimeSpan);
    }

    private void Expire(InMemoryLease lease)
    {
        lock (_lock)
        {
            // A renewal that came between the timer and this call has moved the end.
            if (!_leases.ContainsKey(lease.Id) || Time.GetElapsedTime(lease.RenewedAt) < lease.Ttl)
            {
                return;
            }

            _ = Drop(lease.Id);
        }

        Changed?.Invoke();
    }

    private bool Drop(long leaseId)
    {
        if (!_leases.Remove(leaseId, out var lease))
        {
            return false;
        }

        lease.Expiry?.Dispose();
        var attached = _keys.Values.Where(key => key.LeaseId == leaseId).Select(key => key.Path).ToArray();
        if (attached.Length > 0)
        {
            _keys = _keys.RemoveRange(attached);
            _revision++;
        }

        return true;
    }
}
