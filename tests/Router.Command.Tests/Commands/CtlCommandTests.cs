using Router.Cluster;
using Router.Commands;
using Router.Dcs;
using Router.Dcs.InMemory;
using Router.Testing;

namespace Router.Command.Tests.Commands;

/// <summary><c>router ctl</c> over a store in memory and agents of real HTTP.</summary>
public sealed class CtlCommandTests : IAsyncDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly ManualTime _time = new();
    private readonly InMemoryStore _store;
    private readonly InMemoryDcs _dcs;
    private readonly HttpClient _http = new();

    public CtlCommandTests()
    {
        _store = new InMemoryStore(_time);
        _dcs = new InMemoryDcs(_store);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _output.Dispose();
        await _dcs.DisposeAsync();
    }

    [Fact]
    public async Task List_draws_patronictls_table()
    {
        Arrange();

        Assert.Equal(0, await RunAsync("list"));

        Assert.Equal(
            """
            + Cluster: demo (7711170303901652206) -----------+----+-------------+-----+------------+-----+----------------------+
            | Member | Host            | Role    | State     | TL | Receive LSN | Lag | Replay LSN | Lag | Tags                 |
            +--------+-----------------+---------+-----------+----+-------------+-----+------------+-----+----------------------+
            | node0  | 127.0.0.1:25430 | Leader  | running   |  1 |             |     |            |     | failover_priority: 1 |
            |        |                 |         |           |    |             |     |            |     | zone: z0             |
            +--------+-----------------+---------+-----------+----+-------------+-----+------------+-----+----------------------+
            | node1  | 127.0.0.1:25431 | Replica | streaming |  1 |   0/4042A00 |   0 |  0/3F42A00 |   1 |                      |
            +--------+-----------------+---------+-----------+----+-------------+-----+------------+-----+----------------------+

            """,
            _output.ToString());
    }

    [Fact]
    public async Task List_as_json_leaves_blanks_out()
    {
        Arrange();

        _ = await RunAsync("list", "-f", "json");

        Assert.Contains(
            """{"Cluster": "demo", "Member": "node1", "Host": "127.0.0.1:25431", "Role": "Replica", "State": "streaming", "TL": 1, "Receive LSN": "0/4042A00", "Receive Lag": 0, "Replay LSN": "0/3F42A00", "Replay Lag": 1}""",
            _output.ToString());
    }

    [Fact]
    public async Task List_tells_a_pause_and_a_scheduled_switchover()
    {
        Arrange();
        _ = _store.Overwrite(DcsKey.Config, """{"pause":true}""");
        _ = _store.Overwrite(DcsKey.Failover, """{"leader":"node0","member":"node1","scheduled_at":"2030-01-01T00:00:00+00:00"}""");

        _ = await RunAsync("list");

        Assert.EndsWith(
            """
             Maintenance mode: on
             Switchover scheduled at: 2030-01-01T00:00:00+00:00
                                from: node0
                                  to: node1

            """,
            _output.ToString());
    }

    [Fact]
    public async Task Topology_is_a_tree()
    {
        Arrange();
        _ = _store.Overwrite(
            DcsKey.Member(new MemberName("node2")), MemberJson(25432, "replica", ""","tags":{"replicatefrom":"node1"}"""));

        _ = await RunAsync("topology");

        var rows = _output.ToString().Split('\n').Where(line => line.Contains("node", StringComparison.Ordinal));
        Assert.Equal(["node0", "+ node1", "+ node2"], rows.Select(row => row.Split('|')[1].Trim()));
        Assert.Contains("|   + node2 |", _output.ToString());
    }

    [Fact]
    public async Task Unknown_cluster_is_an_empty_table()
    {
        Assert.Equal(0, await RunAsync("list"));

        Assert.Contains("Cluster: demo (uninitialized)", _output.ToString());
    }

    [Fact]
    public async Task History_and_config_are_shown()
    {
        Arrange();
        _ = _store.Overwrite(DcsKey.History, """[[1,67382056,"no recovery target specified","2026-11-23T01:21:46+00:00","node1"]]""");
        _ = _store.Overwrite(
            DcsKey.Config,
            """{"ttl":30,"loop_wait":10,"postgresql":{"parameters":{"wal_level":"replica","max_connections":"100"},"pg_hba":["local all all trust"],"use_slots":true}}""");

        _ = await RunAsync("history");
        _ = await RunAsync("show-config");

        Assert.Equal(
            """
            +----+----------+------------------------------+---------------------------+------------+
            | TL |      LSN | Reason                       | Timestamp                 | New Leader |
            +----+----------+------------------------------+---------------------------+------------+
            |  1 | 67382056 | no recovery target specified | 2026-11-23T01:21:46+00:00 | node1      |
            +----+----------+------------------------------+---------------------------+------------+
            loop_wait: 10
            postgresql:
              parameters:
                max_connections: '100'
                wal_level: replica
              pg_hba:
              - local all all trust
              use_slots: true
            ttl: 30

            """,
            _output.ToString());
    }

    [Theory]
    [InlineData("\n\n\ny\n", """{"leader": "node0"}""")]
    [InlineData("node0\nnode1\nnow\nyes\n", """{"leader": "node0", "candidate": "node1"}""")]
    [InlineData("\nnode1\n2030-01-01T00:00:00Z\ny\n",
        """{"leader": "node0", "candidate": "node1", "scheduled_at": "2030-01-01T00:00:00+00:00"}""")]
    public async Task Switchover_asks_and_posts_to_the_leader(string answers, string body)
    {
        await using var agent = await RecordingAgent.StartAsync(200, "Successfully switched over to \"node1\"");
        Arrange(agent.ApiUrl);

        Assert.Equal(0, await RunAsync(["switchover"], answers));

        Assert.Equal([$"POST /switchover {body}"], agent.Requests);
        Assert.Contains("Are you sure you want to ", _output.ToString());
        Assert.Contains("2026-01-01 00:00:00.00000 Successfully switched over to \"node1\"\n+ Cluster: demo", _output.ToString());
    }

    [Theory]
    [InlineData(412, "leader name does not match", "Switchover failed, details: 412, leader name does not match")]
    [InlineData(503, "Switchover failed", "Switchover result unknown, details: 503, Switchover failed")]
    public async Task Refusal_of_the_member_is_a_message(int status, string text, string message)
    {
        await using var agent = await RecordingAgent.StartAsync(status, text);
        Arrange(agent.ApiUrl);

        Assert.Equal(0, await RunAsync("switchover", "--force", "--candidate", "node1"));

        Assert.EndsWith(message + "\n", _output.ToString());
    }

    [Fact]
    public async Task Silent_agent_is_passed_over_by_the_store()
    {
        Arrange("http://127.0.0.1:1/patroni");

        Assert.Equal(0, await RunAsync("switchover", "--force", "--candidate", "node1"));

        var seen = Assert.IsType<DcsRead.Seen>(await _dcs.ReadAsync(CancellationToken.None));
        Assert.Equal(
            new FailoverRequest(new MemberName("node0"), new MemberName("node1"), null), seen.View.Failover.Value);
    }

    [Theory]
    [InlineData("\n\n\nn\n", "Aborting switchover")]
    [InlineData("", "Aborted!")]
    [InlineData("node1\n", "Member node1 is not the leader of cluster demo")]
    [InlineData("\nnode0\n", "Member node0 is already the leader of cluster demo")]
    [InlineData("\nnode7\n", "Member node7 does not exist in cluster demo or is tagged as nofailover")]
    public async Task Declined_switchover_is_an_error(string answers, string message)
    {
        Arrange();

        var failed = await Assert.ThrowsAsync<CtlException>(() => RunAsync(["switchover"], answers));

        Assert.Equal(message, failed.Message);
    }

    [Theory]
    [InlineData("-c", "x.yml")]
    [InlineData("-c", "x.yml", "dance")]
    [InlineData("-c", "x.yml", "list", "list")]
    [InlineData("-c", "x.yml", "list", "-f", "xml")]
    [InlineData("-c", "x.yml", "list", "--colour", "red")]
    [InlineData("list", "-c")]
    public void Odd_arguments_are_a_usage_error(params string[] arguments) =>
        Assert.Throws<UsageException>(() => CtlOptions.Parse(arguments));

    private Task<int> RunAsync(params string[] arguments) => RunAsync(arguments, "");

    private async Task<int> RunAsync(string[] arguments, string answers)
    {
        using var input = new StringReader(answers);
        var session = new CtlSession(_dcs, _http, "demo", new Terminal(_output, TextWriter.Null), input, _time);
        return await CtlCommand.RunAsync(CtlOptions.Parse(["-c", "patroni.yml", .. arguments]), session);
    }

    private void Arrange(string leaderApi = "http://127.0.0.1:28000/patroni")
    {
        _ = _store.Overwrite(DcsKey.Initialize, "7711170303901652206");
        _ = _store.Overwrite(DcsKey.Leader, "node0");
        _ = _store.Overwrite(DcsKey.Status, """{"optime":67381760}""");
        _ = _store.Overwrite(
            DcsKey.Member(new MemberName("node0")),
            MemberJson(25430, "primary", ""","tags":{"failover_priority":1,"zone":"z0"}""", leaderApi));
        _ = _store.Overwrite(
            DcsKey.Member(new MemberName("node1")),
            MemberJson(
                25431, "replica", ""","receive_lsn":67381760,"replay_lsn":66333184,"replication_state":"streaming" """.TrimEnd()));
    }

    private static string MemberJson(int port, string role, string more, string apiUrl = "http://127.0.0.1:28001/patroni") =>
        $$"""{"conn_url":"postgres://127.0.0.1:{{port}}/postgres","api_url":"{{apiUrl}}","state":"running","role":"{{role}}","version":"4.1.4","timeline":1,"xlog_location":67381760{{more}}}""";
}
