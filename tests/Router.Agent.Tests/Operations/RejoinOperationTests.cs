using Router.Agent.Operations;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres;
using Router.Testing;

namespace Router.Agent.Tests.Operations;

public sealed class RejoinOperationTests
{
    private static readonly FollowTarget Leader = new(ClusterViews.A, new MemberAddress("a", 5432), null);
    private static readonly HaSettings Rewinding = HaSettings.Default with { UsePgRewind = true };
    private static readonly HistoryComparison Diverged = new(HistoryVerdict.Diverged, "the histories part");

    private readonly StubInstance _instance = new()
    {
        Facts = new PostgresFacts { DataDirectory = DataDirectoryState.Valid, State = PostgresState.Stopped },
        Comparison = Diverged,
    };

    [Fact]
    public async Task Rewound_member_starts_as_a_standby()
    {
        var result = await new RejoinOperation(_instance).RunAsync(Leader, Rewinding, default);

        Assert.True(result.IsSuccess, result.Reason);
        Assert.Equal(["rewind", "start as standby"], _instance.Done);
    }

    [Fact]
    public async Task Half_rewound_directory_is_set_aside_and_copied_anew_even_if_the_leader_is_gone_meanwhile()
    {
        _instance.RewindFails = facts =>
        {
            _instance.Comparison = new HistoryComparison(HistoryVerdict.Unknown, "the leader does not answer");
            return facts with { DataDirectory = DataDirectoryState.HalfRewound };
        };

        var result = await new RejoinOperation(_instance).RunAsync(Leader, Rewinding, default);

        Assert.True(result.IsSuccess, result.Reason);
        Assert.Equal(["rewind", "set aside", "clone", "start as standby"], _instance.Done);
    }

    [Fact]
    public async Task Rewind_that_fails_while_the_leader_answers_is_not_tried_for_ever()
    {
        _instance.RewindFails = facts => facts;

        var result = await new RejoinOperation(_instance).RunAsync(Leader, Rewinding, default);

        Assert.True(result.IsSuccess, result.Reason);
        Assert.Equal(["rewind", "set aside", "clone", "start as standby"], _instance.Done);
    }

    [Fact]
    public async Task Rewind_that_fails_because_the_leader_went_away_leaves_the_data_where_it_is()
    {
        _instance.RewindFails = facts =>
        {
            _instance.Comparison = new HistoryComparison(HistoryVerdict.Unknown, "the leader does not answer");
            return facts;
        };

        var result = await new RejoinOperation(_instance).RunAsync(Leader, Rewinding, default);

        Assert.False(result.IsSuccess);
        Assert.Equal(["rewind"], _instance.Done);
    }
}
