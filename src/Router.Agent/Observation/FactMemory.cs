using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Agent.Observation;

/// <summary>Since when things have been as they are: what one look cannot tell. Owned by the observer.</summary>
public sealed class FactMemory
{
    private readonly Dictionary<string, BootTime> _slotSeen = new(StringComparer.Ordinal);
    private long? _incarnation;
    private BootTime? _incarnationSince;
    private BootTime? _forgottenSince;
    private BootTime? _otherStoreSince;
    private string? _storeId;
    private long _epochNumber;
    private MemberName? _pausedLeader;
    private BootTime? _requestedSince;
    private BootTime? _crashedSince;
    private BootTime? _unlockedSince;
    private BootTime? _guardMissingSince;
    private BootTime? _promotionFailedAt;

    /// <summary>The facts with what this memory knows of them.</summary>
    public LocalState Complete(LocalState local, ClusterView? view, HaSettings settings)
    {
        var now = local.Now;
        NoteStore(view, local.Postgres, now);
        var isSettled = _incarnationSince is not { } since || now - since >= settings.Ttl;
        var hasForgotten = _forgottenSince is { } forgotten && now - forgotten < settings.Ttl;
        _pausedLeader = isSettled && !hasForgotten ? PausedLeader(view) : _pausedLeader;
        _requestedSince = local.RequestedOperation is null ? null : _requestedSince ?? now;
        _unlockedSince = view is null ? _unlockedSince : view.Leader.IsAbsent ? _unlockedSince ?? now : null;
        _guardMissingSince = local.Guard is GuardState.Missing ? _guardMissingSince ?? now : null;
        _crashedSince = local.Postgres.State == PostgresState.Running ? null
            : view?.IsLockedBy(local.Name) is true ? _crashedSince ?? now
            : _crashedSince;
        if (local.LastOperation is { Kind: OperationKind.Promote } promotion)
        {
            _promotionFailedAt = promotion.IsSuccess ? null : promotion.At;
        }

        return local with
        {
            IsIncarnationSettled = isSettled,
            HasStoreForgotten = hasForgotten,
            IsOtherStore = _otherStoreSince is { } other && now - other < settings.Ttl,
            PausedLeader = _pausedLeader,
            RequestedSince = _requestedSince,
            UnlockedSince = _unlockedSince,
            GuardMissingSince = _guardMissingSince,
            CrashedSince = _crashedSince,
            PromotionFailedAt = _promotionFailedAt,
            ExpiredMemberSlots = ExpiredSlots(local.Postgres, view, now, settings.MemberSlotsTtl),
        };
    }

    /// <summary>
    /// The first history that this process sees counts as settled, a later one after a ttl (rule S9). One that lost the
    /// epoch key, or at first sight does not know the cluster of our data, may have a leader whom no key names.
    /// </summary>
    private void NoteStore(ClusterView? view, PostgresFacts postgres, BootTime now)
    {
        if (view is null)
        {
            return;
        }

        var isFirst = _incarnation is null;
        if (view.Incarnation != _incarnation)
        {
            _incarnationSince = isFirst ? null : now;
            _incarnation = view.Incarnation;
        }

        if (view.StoreId != _storeId)
        {
            _otherStoreSince = isFirst ? null : now;
            _storeId = view.StoreId;
        }

        var number = view.Epoch.IsUnreadable ? _epochNumber : view.Epoch.Value?.Number ?? 0;
        var isUnknown = isFirst && view.Initialize.IsAbsent && postgres.DataDirectory == DataDirectoryState.Valid;
        _forgottenSince = isUnknown || number < _epochNumber ? now : _forgottenSince;
        _epochNumber = number;
    }

    /// <summary>Not asked of a store that has just gone back in time: its keys are of the past.</summary>
    private MemberName? PausedLeader(ClusterView? view)
    {
        var leader = view?.Leader.Value?.Holder ?? _pausedLeader;
        return leader is { } name && view?.Find(name) is { IsUnreadable: false } member
            ? member.Pause ? name : null
            : leader == _pausedLeader ? _pausedLeader : null;
    }

    /// <summary>A slot counts from when its member was last seen, or from when this process first saw the slot.</summary>
    private EquatableList<string> ExpiredSlots(PostgresFacts postgres, ClusterView? view, BootTime now, TimeSpan ttl)
    {
        foreach (var member in view?.Members ?? [])
        {
            _slotSeen[SlotName.Of(member.Name)] = now;
        }

        var expired = new List<string>();
        foreach (var slot in postgres.Slots)
        {
            if (!_slotSeen.TryGetValue(slot.Name, out var seen))
            {
                _slotSeen[slot.Name] = seen = now;
            }

            if (now - seen >= ttl && !slot.IsActive)
            {
                expired.Add(slot.Name);
            }
        }

        return [.. expired];
    }
}
