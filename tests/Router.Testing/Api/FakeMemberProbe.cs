using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Testing.Api;

/// <summary>Answers for the members that the test gave a report of; all others are silent.</summary>
public sealed class FakeMemberProbe : IMemberProbe
{
    public EquatableList<PeerReport> Reports { get; set; }

    public Task<EquatableList<PeerReport>> AskAsync(IReadOnlyCollection<Member> members, CancellationToken aborted) =>
        Task.FromResult(Reports.Where(report => members.Any(member => member.Name == report.Name)).ToEquatableList());
}
