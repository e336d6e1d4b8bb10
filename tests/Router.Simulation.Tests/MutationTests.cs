namespace Router.Simulation.Tests;

/// <summary>
/// The simulation is worth what it finds: each line of defence that is taken away has to show within a few runs.
/// </summary>
public sealed class MutationTests
{
    private const int SeedsMax = 200;

    [Theory]
    [InlineData(Mutation.OutageNeverDemotes)]
    [InlineData(Mutation.PrimaryWithoutClaim)]
    [InlineData(Mutation.PromotionUnguarded)]
    [InlineData(Mutation.SilentLeaderForgotten)]
    public void Missing_line_of_defence_is_found(Mutation mutation)
    {
        var found = Enumerable.Range(1, SeedsMax).Select(seed => Simulation.Run(seed, mutation))
            .FirstOrDefault(result => result.Verdict is not null);

        Assert.True(found is not null, $"{mutation} broke no rule in {SeedsMax} runs");
    }
}
