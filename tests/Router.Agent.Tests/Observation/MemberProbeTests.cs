using Router.Agent.Observation;
using Router.Agent.Tests.Api;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Tests.Observation;

public sealed class MemberProbeTests
{
    private static readonly MemberName Name = new("node2");

    [Fact]
    public async Task Agents_answer_becomes_a_report_and_silence_none()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(world.Snapshots.Replica());
        using var http = MemberProbeClient.Create(new MemberProbeOptions());
        var probe = new MemberProbe(http, TimeProvider.System);

        var reports = await probe.AskAsync(
            [
                Member("node2", new Uri(world.Api.Address, "/patroni").ToString()),
                Member("silent", "http://127.0.0.1:1/patroni"),
                Member("nameless", null),
            ],
            CancellationToken.None);

        var report = Assert.Single(reports);
        Assert.Equal(
            new PeerReport(Name, true, true, new Lsn(67_381_760), new Timeline(2), report.Tags, false), report);
    }

    [Theory]
    [InlineData("""{"state":"running","role":"master","xlog":{"location":67381760},"timeline":3}""", true, false, 67381760, 3)]
    [InlineData("""{"role":"replica","xlog":{"received_location":5,"replayed_location":9},"timeline":null}""", true, true, 9, 0)]
    [InlineData("""{"role":"replica","wal":{"received_location":5,"replayed_location":4}}""", true, true, 5, 0)]
    [InlineData("""{"state":"stopped","role":"demoted"}""", false, true, 0, 0)]
    [InlineData("""{"state":"running","role":"primary","xlog":{"location":0}}""", true, false, 0, 0)]
    public void Every_Patronis_answer_is_read(string body, bool isRunning, bool isInRecovery, long position, int timeline)
    {
        var report = PeerReportReader.Read(Name, System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal(
            (isRunning, isInRecovery, new Lsn(position), new Timeline(timeline)),
            (report.IsRunning, report.IsInRecovery, report.Position, report.Timeline));
    }

    [Fact]
    public void Tags_and_watchdog_are_read()
    {
        var report = PeerReportReader.Read(
            Name, """{"xlog":{"location":1},"tags":{"nofailover":true,"zone":"z1"},"watchdog_failed":true}"""u8.ToArray());

        Assert.True(report is { WatchdogFailed: true, Tags.MayFailover: false });
        Assert.Equal("\"z1\"", report.Tags.Published["zone"]);
    }

    private static Member Member(string name, string? apiUrl) => new() { Name = new MemberName(name), ApiUrl = apiUrl };
}
