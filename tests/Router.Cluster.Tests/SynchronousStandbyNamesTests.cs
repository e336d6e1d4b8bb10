using System.Collections.Immutable;

namespace Router.Cluster.Tests;

public sealed class SynchronousStandbyNamesTests
{
    [Theory]
    [InlineData("", false, 0, "")]
    [InlineData("a", false, 1, "a")]
    [InlineData("2 (a, b)", false, 2, "a b")]
    [InlineData("FIRST 1 (a,b)", false, 1, "a b")]
    [InlineData("any 1 (a,\"B-2\")", true, 1, "a B-2")]
    [InlineData("\"Node-1\"", false, 1, "Node-1")]
    [InlineData("\"a\"\"b\"", false, 1, "a\"b")]
    [InlineData("first", false, 1, "first")]
    [InlineData("a, b", false, 1, "a b")]
    [InlineData("__patroni_strict_sync_replica_placeholder__", false, 1, "")]
    public void A_value_of_PostgreSQL_is_read(string text, bool isQuorum, int count, string names)
    {
        var parsed = SynchronousStandbyNames.Parse(text);

        Assert.NotNull(parsed);
        Assert.Equal((isQuorum, count), (parsed.IsQuorum, parsed.Count));
        Assert.True(parsed.Names.SetEquals(names.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("2 (*)")]
    [InlineData("2 (a")]
    [InlineData("(a)")]
    [InlineData("a b")]
    [InlineData("a,")]
    [InlineData("\"a")]
    [InlineData("ANY (a)")]
    [InlineData("ANY x (a)")]
    [InlineData("FIRST a")]
    [InlineData("(")]
    [InlineData("2 (")]
    public void What_names_nobody_in_particular_is_not_understood(string text) =>
        Assert.Null(SynchronousStandbyNames.Parse(text));

    [Theory]
    [InlineData("a")]
    [InlineData("Node-1")]
    [InlineData("first")]
    [InlineData("any,node.2,x\"y")]
    [InlineData("a,b,c")]
    public void What_is_written_is_read_back(string names)
    {
        var set = names.Split(',').ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase);

        var parsed = SynchronousStandbyNames.Parse(SynchronousStandbyNames.All(set).Format());

        Assert.NotNull(parsed);
        Assert.True(parsed.CoversAll && parsed.Names.SetEquals(set));
        Assert.Contains(set[0].ToUpperInvariant(), parsed.Names);
    }

    [Fact]
    public void One_of_two_names_promises_nothing_about_each() =>
        Assert.False(SynchronousStandbyNames.Parse("FIRST 1 (a,b)")!.CoversAll);
}
