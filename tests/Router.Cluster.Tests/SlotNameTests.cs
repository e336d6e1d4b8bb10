namespace Router.Cluster.Tests;

public sealed class SlotNameTests
{
    [Theory]
    [InlineData("node1", "node1")]
    [InlineData("Node-1.example", "node_1_example")]
    [InlineData("a b", "au0032b")]
    [InlineData("ö", "u0246")]
    public void A_member_name_becomes_a_slot_name_as_Patroni_makes_it(string member, string slot) =>
        Assert.Equal(slot, SlotName.Of(new MemberName(member)));

    [Fact]
    public void A_long_name_is_cut_to_what_PostgreSQL_takes() =>
        Assert.Equal(63, SlotName.Of(new MemberName(new string('x', 80))).Length);
}
