using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Testing;
using static Router.Testing.ClusterViews;

namespace Router.Agent.Tests.Observation;

/// <summary>What several looks at the store tell and one does not.</summary>
public sealed class FactMemoryTests
{
    private static readonly TimeSpan Ttl = HaSettings.Default.Ttl;

    private readonly FactMemory _memory = new();

    [Fact]
    public void Emptied_store_is_forgetful_for_a_ttl()
    {
        Assert.False(Look(LedBy(A), 0).HasStoreForgotten);
        Assert.True(Look(Empty(), 1).HasStoreForgotten);
        Assert.True(Look(LedBy(A), 20).HasStoreForgotten);
        Assert.False(Look(LedBy(A), 1 + Ttl.TotalSeconds).HasStoreForgotten);
    }

    [Fact]
    public void Epoch_that_went_back_is_a_loss_and_garbage_in_its_place_is_none()
    {
        _ = Look(LedBy(A), 0);
        Assert.False(Look(LedBy(A) with { Epoch = StoredKey<Epoch>.Unreadable(new Revision(90)) }, 1).HasStoreForgotten);
        Assert.True(Look(LedBy(A).WithEpoch(new Epoch(4, A, new Timeline(3), true)), 2).HasStoreForgotten);
    }

    [Fact]
    public void Data_of_a_cluster_that_the_store_does_not_know_at_first_sight_is_a_loss() =>
        Assert.True(Look(Empty(), 0).HasStoreForgotten);

    [Fact]
    public void New_store_is_no_loss_to_a_member_without_data() =>
        Assert.False(_memory.Complete(LocalStates.WithoutData(B), Empty(), HaSettings.Default).HasStoreForgotten);

    [Fact]
    public void Another_store_is_noticed_by_its_name_for_a_ttl()
    {
        Assert.False(Look(LedBy(A) with { StoreId = "one" }, 0).IsOtherStore);
        Assert.True(Look(LedBy(A) with { StoreId = "two" }, 1).IsOtherStore);
        Assert.False(Look(LedBy(A) with { StoreId = "two" }, 1 + Ttl.TotalSeconds).IsOtherStore);
    }

    [Fact]
    public void Leader_that_paused_is_remembered_until_it_is_seen_to_have_resumed()
    {
        Assert.Null(Look(LedBy(A), 0).PausedLeader);
        Assert.Equal(A, Look(LedBy(A).With(Paused()), 1).PausedLeader);
        Assert.Equal(A, Look(Unlocked() with { Members = [Replica(B)] }, 60).PausedLeader);
        Assert.Null(Look(Unlocked(), 61).PausedLeader);
    }

    [Fact]
    public void Leader_that_paused_is_not_forgotten_for_the_keys_of_a_restored_store()
    {
        _ = Look(LedBy(A).With(Paused()), 0);
        Assert.Equal(A, Look(LedBy(C) with { Incarnation = 2 }, 1).PausedLeader);
        Assert.Null(Look(LedBy(C) with { Incarnation = 2 }, 1 + Ttl.TotalSeconds).PausedLeader);
    }

    [Fact]
    public void Next_leader_takes_the_place_of_one_that_paused()
    {
        _ = Look(LedBy(A).With(Paused()), 0);
        Assert.Null(Look(LedBy(C), 1).PausedLeader);
    }

    private static Member Paused() => Replica(A) with { Role = MemberRole.Primary, Pause = true };

    private LocalState Look(ClusterView view, double seconds) => _memory.Complete(
        LocalStates.Standby(B) with { Now = LocalStates.Now + TimeSpan.FromSeconds(seconds) }, view, HaSettings.Default);
}
