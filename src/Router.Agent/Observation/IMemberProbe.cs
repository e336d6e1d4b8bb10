using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Observation;

/// <summary>Asks other members how far they are, when somebody has to be chosen.</summary>
public interface IMemberProbe
{
    /// <summary>
    /// Asks all at once, each once, and answers within about two seconds. Who does not answer, or answers without a
    /// position, is not in the list; that is never an exception.
    /// </summary>
    Task<EquatableList<PeerReport>> AskAsync(IReadOnlyCollection<Member> members, CancellationToken aborted);
}
