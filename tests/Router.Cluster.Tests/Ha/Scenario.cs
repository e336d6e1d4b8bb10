using System.Text;
using Router.Cluster.Ha;
using Router.Cluster.Local;

namespace Router.Cluster.Tests.Ha;

/// <summary>One case of a question: a title and the facts.</summary>
internal sealed record Scenario(string Title, ClusterView? View, LocalState Local, HaSettings? Settings = null)
{
    public Decision Decide() => HaPolicy.Decide(View, Local, Settings ?? HaSettings.Default);

    /// <summary>Compares with the transcript, and no case may break an invariant.</summary>
    public static void Agree(string file, IEnumerable<Scenario> scenarios)
    {
        var text = new StringBuilder();
        foreach (var scenario in scenarios)
        {
            var decision = scenario.Decide();
            _ = text.Append("# ").Append(scenario.Title).Append('\n').Append(DecisionText.Of(decision)).Append("\n\n");
            var settings = scenario.Settings ?? HaSettings.Default;
            Assert.Equal([], HaInvariants.Violations(scenario.View, scenario.Local, settings, decision));
        }

        Transcript.Agrees(file, text.ToString());
    }
}
