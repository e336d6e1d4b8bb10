namespace Router.Cluster.Ha;

/// <summary>
/// Which physical slots exist here: one for each member that streams from this one. Others' slots are dropped only
/// where a member's name proves that we made them.
/// </summary>
internal static class SlotPolicy
{
    public static void Maintain(Situation situation, Story story)
    {
        if (Reconcile(situation) is { } reconcile)
        {
            story.Do(reconcile);
        }
    }

    /// <summary>Null where nothing has to change.</summary>
    public static HaAction.ReconcileSlots? Reconcile(Situation situation)
    {
        if (!situation.Settings.UseSlots)
        {
            return null;
        }

        var wanted = Wanted(situation).ToHashSet(StringComparer.Ordinal);
        var present = situation.Postgres.Slots.Where(slot => slot.IsPhysical).ToList();
        var create = wanted.Where(name => present.All(slot => slot.Name != name)).Order(StringComparer.Ordinal);
        var drop = situation.Settings.Pause
            ? Enumerable.Empty<string>()
            : present.Where(slot => !slot.IsActive && !wanted.Contains(slot.Name) && IsOurs(situation, slot.Name))
                .Select(slot => slot.Name).Order(StringComparer.Ordinal);
        var action = new HaAction.ReconcileSlots(create.ToEquatableList(), drop.ToEquatableList());
        return action.Create.Count + action.Drop.Count > 0 ? action : null;
    }

    /// <summary>The slots of every other member that streams, whomever it streams from.</summary>
    public static IEnumerable<string> MemberSlots(Situation situation) =>
        situation.View.Members
            .Where(member => member.Name != situation.Me && !member.Tags.NoStream)
            .Select(member => SlotName.Of(member.Name))
            .Distinct();

    private static IEnumerable<string> Wanted(Situation situation) =>
        situation.View.Members
            .Where(member => member.Name != situation.Me && !member.Tags.NoStream && StreamsFromMe(situation, member))
            .Select(member => SlotName.Of(member.Name))
            .Distinct();

    private static bool StreamsFromMe(Situation situation, Member member)
    {
        var upstream = member.Tags.ReplicateFrom is { } name ? new MemberName(name) : (MemberName?)null;
        var follows = upstream is { } named && named != member.Name && situation.View.Find(named) is { IsRunning: true };
        return follows ? upstream == situation.Me : situation.IsLockMine;
    }

    private static bool IsOurs(Situation situation, string slot) =>
        situation.Local.ExpiredMemberSlots.Contains(slot)
        || situation.View.Members.Any(member => SlotName.Of(member.Name) == slot);
}
