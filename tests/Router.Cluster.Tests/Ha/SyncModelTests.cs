namespace Router.Cluster.Tests.Ha;

/// <summary>
/// Obligations T1, T6 and T8 of synchronous.md: whatever happens, and wherever a plan breaks off, nobody may be promoted
/// who lacks an acknowledged commit; and once all is well the key fills.
/// </summary>
public sealed class SyncModelTests
{
    private const int Seeds = 200;
    private const int Steps = 120;

    [Theory]
    [InlineData(false, 1, 3)]
    [InlineData(false, 2, 4)]
    [InlineData(true, 1, 3)]
    [InlineData(true, 2, 5)]
    public void Nobody_may_be_promoted_who_lacks_an_acknowledged_commit(bool isStrict, int count, int members)
    {
        var settings = HaSettings.Default with
        {
            SynchronousMode = SynchronousMode.On,
            SynchronousModeStrict = isStrict,
            SynchronousNodeCount = count,
        };
        var promotions = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var model = new SyncModel(new Random(seed), settings, members);
            for (var step = 0; step < Steps; step++)
            {
                model.Step();
                Assert.True(model.Loss() is null, $"seed {seed}, step {step}: {model.Loss()}\n{model.Story}");
            }

            model.Heal();
            Assert.True(model.IsKeyFilled, $"seed {seed}: the key did not fill\n{model.Story}");
            promotions += model.Promotions;
        }

        Assert.True(promotions > Seeds, $"only {promotions} promotions: the model tests nothing");
    }
}
