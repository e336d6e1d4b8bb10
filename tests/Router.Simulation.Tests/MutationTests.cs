namespace Router.Simulation.Tests;

/// <summary>
/// The simulation is worth what it finds: each line of defence that is taken away has to show within a few runs.
/// </summary>
public sealed class MutationTests
{
    /// <summary>Fewer than it may need from the first seed on: where the search begins is known, so that it ends soon.</summary>
    private const int SeedsMax = 60;

    [Theory]
    [InlineData(Mutation.OutageNeverDemotes, 10)]
    [InlineData(Mutation.PrimaryWithoutClaim, 319)]
    [InlineData(Mutation.PromotionUnguarded, 1)]
    [InlineData(Mutation.SilentLeaderForgotten, 1)]
    public void Missing_line_of_defence_is_found(Mutation mutation, int firstSeed)
    {
        var found = Enumerable.Range(firstSeed, SeedsMax).Select(seed => Simulation.Run(seed, mutation))
            .FirstOrDefault(result => result.Verdict is not null);

        Assert.True(found is not null, $"{mutation} broke no rule in {SeedsMax} runs from seed {firstSeed} on");
    }
}
