using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Files;

namespace Router.Postgres.Tests.Files;

public sealed class ControlDataTests
{
    private const string Output = """
        pg_control version number:            1300
        Database system identifier:           7711286665865089852
        Database cluster state:               shut down in recovery
        pg_control last modified:             Mon Nov 23 08:50:38 2026
        Latest checkpoint location:           0/17414F8
        Latest checkpoint's TimeLineID:       3
        Latest checkpoint's oldestCommitTsXid:0
        Minimum recovery ending location:     1/2A
        Min recovery ending loc's timeline:   4
        max_connections setting:              200
        max_worker_processes setting:         8
        max_wal_senders setting:              10
        max_prepared_xacts setting:           5
        max_locks_per_xact setting:           64
        Bytes per WAL segment:                67108864
        """;

    [Fact]
    public void Everything_that_decides_is_read()
    {
        var data = ControlData.Parse(Output);

        Assert.NotNull(data);
        Assert.Equal(
            new ControlFile(
                "shut down in recovery",
                new SystemIdentifier(7711286665865089852),
                new Timeline(3),
                new Lsn(0x17414F8),
                new Lsn(0x10000002A),
                new Timeline(4)),
            data.File);
        Assert.True(data.File.IsStandby);
        Assert.Equal(67108864, data.SegmentBytes);
        Assert.Equal((200, 5), (data.StandbyMinimums["max_connections"], data.StandbyMinimums["max_prepared_transactions"]));
    }

    [Theory]
    [InlineData("Database system identifier")]
    [InlineData("Database cluster state")]
    [InlineData("Latest checkpoint location")]
    public void Missing_line_is_no_control_file(string label)
    {
        var lines = Output.Split('\n').Where(line => !line.StartsWith(label, StringComparison.Ordinal));

        Assert.Null(ControlData.Parse(string.Join('\n', lines)));
    }
}
