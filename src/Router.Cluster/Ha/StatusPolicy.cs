using System.Collections.Immutable;

namespace Router.Cluster.Ha;

/// <summary>What the leader tells the others in each cycle: position, slots, and who answers failsafe rounds.</summary>
internal static class StatusPolicy
{
    public static void Maintain(Situation situation, Story story)
    {
        var status = Status(situation);
        if (!IsSame(situation.View.Status.Value, status))
        {
            story.Do(new HaAction.WriteStatus(status));
        }

        if (situation.Settings.FailsafeMode)
        {
            var topology = Topology(situation.View);
            var present = situation.View.Failsafe.Value;
            if (present is null || !present.ApiUrls.SequenceEqual(topology.ApiUrls))
            {
                story.Do(new HaAction.WriteFailsafe(topology));
            }
        }
    }

    private static ClusterStatus Status(Situation situation)
    {
        var slots = ImmutableSortedDictionary.CreateBuilder<string, Lsn>(StringComparer.Ordinal);
        foreach (var slot in situation.Postgres.Slots)
        {
            if ((slot.IsPhysical ? slot.RestartLsn : slot.ConfirmedFlushLsn) is { } position)
            {
                slots[slot.Name] = position;
            }
        }

        return new ClusterStatus(
            situation.Postgres.FlushLsn,
            slots.ToImmutable(),
            [.. SlotPolicy.MemberSlots(situation).Order(StringComparer.Ordinal)]);
    }

    private static bool IsSame(ClusterStatus? left, ClusterStatus right) =>
        left is not null
        && left.Optime == right.Optime
        && left.Slots.SequenceEqual(right.Slots)
        && left.RetainSlots.SequenceEqual(right.RetainSlots);

    private static FailsafeTopology Topology(ClusterView view) => new(
        view.Members
            .Where(member => member.ApiUrl is not null)
            .ToImmutableSortedDictionary(member => member.Name.Value, member => member.ApiUrl!, StringComparer.Ordinal));
}
