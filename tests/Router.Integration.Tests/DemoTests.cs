namespace Router.Integration.Tests;

/// <summary>The main job, as a stranger tries it first.</summary>
[Trait("Category", "Integration")]
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_check_loses_no_acknowledged_write()
    {
        var (exitCode, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "demo", "--check"]);

        Assert.True(exitCode == 0, output);
        Assert.Matches("writes lost +0\n", output);
    }
}
