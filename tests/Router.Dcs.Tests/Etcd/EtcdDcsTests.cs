using Microsoft.Extensions.Logging.Abstractions;
using Router.Cluster;
using Router.Dcs.Etcd;

namespace Router.Dcs.Tests.Etcd;

[Trait("Category", "Integration")]
public sealed class EtcdDcsTests(EtcdServer etcd) : DcsContract, IClassFixture<EtcdServer>
{
    private readonly string _scope = etcd.NextScope();

    // etcd 3.4 with its default election timeout raises shorter leases to 2 s.
    protected override TimeSpan ShortTtl => TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Key_of_bytes_that_are_no_text_is_unreadable()
    {
        using var channel = new RawEtcd(etcd.Servers.ClientUrls[0]);
        await channel.PutAsync($"/service/{_scope}/sync", [0xff, 0xfe]);

        Assert.True((await SeeAsync(One)).Sync.IsUnreadable);
    }

    [Fact]
    public async Task Scope_whose_name_begins_alike_is_another_scope()
    {
        await using var other = Connect($"{_scope}-other");
        await PutAsync(other, DcsKey.Config, "{}");

        Assert.True((await SeeAsync(One)).IsEmpty);
    }

    [Fact]
    public async Task Small_ttl_is_answered_as_etcd_raised_it()
    {
        var answer = await One.GrantLeaseAsync(TimeSpan.FromSeconds(1), Aborted);

        Assert.True(answer.Ttl >= TimeSpan.FromSeconds(2));
        Assert.Equal(answer.Ttl, (await One.KeepAliveAsync(answer.LeaseId, Aborted)).Ttl);
    }

    [Fact]
    public async Task Nobody_behind_the_address_is_told_within_the_deadline()
    {
        var port = Router.Testing.FreePort.Take(1)[0];
        await using var dcs = Connect(_scope, new Uri($"http://127.0.0.1:{port}"));

        var read = Assert.IsType<DcsRead.Unreachable>(await dcs.ReadAsync(Aborted));
        var commit = await dcs.CommitAsync(ClusterTransactions.RaceInitialize(), Aborted);

        Assert.Contains("refused", read.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(WriteOutcome.Unknown, commit.Outcome);
    }

    [Fact]
    public async Task Write_goes_to_the_next_endpoint_when_the_first_takes_no_connection()
    {
        var port = Router.Testing.FreePort.Take(1)[0];
        await using var dcs = Connect(_scope, new Uri($"http://127.0.0.1:{port}"), etcd.Servers.ClientUrls[0]);

        Assert.True((await dcs.CommitAsync(ClusterTransactions.RaceInitialize(), Aborted)).IsOk);
    }

    protected override Task<IDcs> ConnectAsync() => Task.FromResult<IDcs>(Connect(_scope));

    protected override Task TickAsync() => Task.Delay(100);

    protected override async Task CompactAsync()
    {
        var revision = (await SeeAsync(One)).Revision;
        _ = await etcd.Servers.ControlAsync("compact", revision.ToString());
    }

    private EtcdDcs Connect(string scope, params Uri[] endpoints) => new(
        new EtcdSettings
        {
            Endpoints = (endpoints.Length > 0 ? endpoints : etcd.Servers.ClientUrls).ToEquatableList(),
            Namespace = "/service/",
            Scope = scope,
            CallDeadline = TimeSpan.FromSeconds(5),
        },
        TimeProvider.System,
        NullLogger<EtcdDcs>.Instance);
}
