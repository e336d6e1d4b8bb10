namespace Router.Simulation.Tests;

/// <summary>A fixed few seeds; thousands are run by the program, see tests/Router.Simulation/README.md.</summary>
public sealed class SimulationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(103)]
    [InlineData(104)]
    [InlineData(109)]
    [InlineData(111)]
    [InlineData(243)]
    [InlineData(5019)]
    public void No_rule_is_broken_and_the_cluster_is_whole_at_the_end(int seed)
    {
        var result = Simulation.Run(seed);

        Assert.True(result.Verdict is null, $"{result.Verdict}\n{result.Transcript}");
        Assert.True(result.Acknowledgements > 1000, "hardly anybody could write: the run tests nothing");
    }

    [Fact]
    public void One_seed_is_one_history() =>
        Assert.Equal(Simulation.Run(106).Transcript, Simulation.Run(106).Transcript);
}
