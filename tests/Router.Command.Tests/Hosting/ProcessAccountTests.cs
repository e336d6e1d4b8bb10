using Router.Hosting;

namespace Router.Command.Tests.Hosting;

public sealed class ProcessAccountTests
{
    [Fact]
    public void Agent_is_refused_to_root_in_one_sentence_that_says_what_to_do()
    {
        var refusal = ProcessAccount.RefusalOfAgent(isRoot: true) ?? "";
        Assert.Contains("does not run as root", refusal, StringComparison.Ordinal);
        Assert.Contains("setpriv --reuid=postgres", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public void Anybody_else_may_run_it() => Assert.Null(ProcessAccount.RefusalOfAgent(isRoot: false));
}
