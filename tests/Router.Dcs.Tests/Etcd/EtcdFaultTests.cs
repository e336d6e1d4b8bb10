using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Cluster;
using Router.Dcs.Etcd;
using Router.Testing;

namespace Router.Dcs.Tests.Etcd;

[Trait("Category", "Integration")]
public sealed class EtcdFaultTests
{
    // Far beyond any deadline of ours, far below a hang.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Watch_goes_on_after_etcd_was_killed_and_started_again()
    {
        await using var etcd = await EtcdServers.StartAsync();
        await using var dcs = Connect(etcd);
        await using var watch = new WatchLog(dcs);
        await watch.UntilAsync(view => view.IsEmpty);

        await etcd.KillAsync(0);
        await watch.UntilUnreachableAsync();
        await etcd.RestartAsync(0);
        await PutUntilOkAsync(dcs, """{"ttl":41}""");

        var seen = await watch.UntilAsync(view => view.Config.Value?.Settings.Ttl == TimeSpan.FromSeconds(41));
        Assert.Equal(0, seen.Incarnation);
    }

    [Fact]
    public async Task Stopped_etcd_answers_unknown_in_time_and_is_seen_again_when_it_goes_on()
    {
        await using var etcd = await EtcdServers.StartAsync();
        await using var dcs = Connect(etcd);
        await using var watch = new WatchLog(dcs);
        await watch.UntilAsync(view => view.IsEmpty);
        await etcd.PauseAsync(0);
        var started = Stopwatch.GetTimestamp();

        var read = await dcs.ReadAsync(default);
        var commit = await dcs.CommitAsync(ClusterTransactions.RaceInitialize(), default);
        var lease = await dcs.GrantLeaseAsync(TimeSpan.FromSeconds(30), default);
        var keepAlive = await dcs.KeepAliveAsync(77, default);
        var elapsed = Stopwatch.GetElapsedTime(started);
        await watch.UntilUnreachableAsync();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(100);
        }

        await etcd.ContinueAsync(0);

        _ = Assert.IsType<DcsRead.Unreachable>(read);
        Assert.Equal(WriteOutcome.Unknown, commit.Outcome);
        Assert.Equal(WriteOutcome.Unknown, lease.Outcome);
        Assert.Equal(WriteOutcome.Unknown, keepAlive.Outcome);
        Assert.True(elapsed < Bound, $"four calls took {elapsed}");
        await PutUntilOkAsync(dcs, """{"ttl":41}""");
        _ = await watch.UntilAsync(view => view.Config.Value is not null);
    }

    [Fact]
    public async Task Lost_endpoint_is_replaced_by_the_next_one()
    {
        await using var etcd = await EtcdServers.StartAsync(3);
        await using var dcs = Connect(etcd);
        await using var watch = new WatchLog(dcs);
        await watch.UntilAsync(view => view.IsEmpty);

        await etcd.KillAsync(0);
        await PutUntilOkAsync(dcs, """{"ttl":41}""");
        _ = await watch.UntilAsync(view => view.Config.Value?.Settings.Ttl == TimeSpan.FromSeconds(41));
        await etcd.RestartAsync(0);
        await etcd.PauseAsync(1);
        await PutUntilOkAsync(dcs, """{"ttl":42}""");
        var seen = await watch.UntilAsync(view => view.Config.Value?.Settings.Ttl == TimeSpan.FromSeconds(42));

        await etcd.ContinueAsync(1);
        Assert.Equal(0, seen.Incarnation);
    }

    [Fact]
    public async Task Member_without_a_quorum_proves_nothing()
    {
        await using var etcd = await EtcdServers.StartAsync(3);
        await using var all = Connect(etcd);
        var lease = await all.GrantLeaseAsync(TimeSpan.FromSeconds(60), default);
        var seen = Assert.IsType<DcsRead.Seen>(await all.ReadAsync(default)).View;
        var me = new MemberName("a");
        var won = await all.CommitAsync(
            ClusterTransactions.AcquireLeader(seen, me, lease.LeaseId, new Timeline(1)), default);
        var claim = ClusterTransactions.ClaimAcquired(seen, me, lease.LeaseId, won.Revision);
        await using var minority = Connect(etcd.ClientUrls[2]);
        Assert.True((await minority.CommitAsync(ClusterTransactions.ProveLeader(claim), default)).IsOk);

        await etcd.PauseAsync(0);
        await etcd.PauseAsync(1);
        var proof = await minority.CommitAsync(ClusterTransactions.ProveLeader(claim), default);
        await etcd.ContinueAsync(0);
        await etcd.ContinueAsync(1);

        Assert.Equal(WriteOutcome.Unknown, proof.Outcome);
    }

    [Fact]
    public async Task Restored_backup_starts_a_new_incarnation()
    {
        await using var etcd = await EtcdServers.StartAsync();
        await using var dcs = Connect(etcd);
        await using var watch = new WatchLog(dcs);
        await PutUntilOkAsync(dcs, """{"ttl":41}""");
        await etcd.BackupAsync(0);
        await PutUntilOkAsync(dcs, """{"ttl":42}""");
        _ = await watch.UntilAsync(view => view.Config.Value?.Settings.Ttl == TimeSpan.FromSeconds(42));

        await etcd.RestoreAsync(0);

        var seen = await watch.UntilAsync(view => view.Config.Value?.Settings.Ttl == TimeSpan.FromSeconds(41) && view.Incarnation > 0);
        Assert.Equal(1, seen.Incarnation);
        Assert.Equal(1, Assert.IsType<DcsRead.Seen>(await dcs.ReadAsync(default)).View.Incarnation);
    }

    [Fact]
    public async Task Token_that_a_restart_made_void_is_fetched_again()
    {
        await using var etcd = await EtcdServers.StartAsync();
        await etcd.EnableAuthenticationAsync("demo");
        await using var dcs = Connect(etcd, new EtcdCredentials("router", "secret"));
        await using var stranger = Connect(etcd, new EtcdCredentials("router", "wrong"));
        _ = Assert.IsType<DcsRead.Seen>(await dcs.ReadAsync(default));

        await etcd.RestartAsync(0);

        _ = Assert.IsType<DcsRead.Seen>(await dcs.ReadAsync(default));
        Assert.True((await dcs.CommitAsync(ClusterTransactions.RaceInitialize(), default)).IsOk);
        var refused = Assert.IsType<DcsRead.Unreachable>(await stranger.ReadAsync(default));
        Assert.DoesNotContain("wrong", refused.Reason, StringComparison.Ordinal);
        Assert.Contains(
            "does not accept user 'router'",
            (await Probe(etcd, new EtcdCredentials("router", "wrong")).FindFaultAsync(etcd.ClientUrls[0], default))?.Reason,
            StringComparison.Ordinal);
        Assert.Contains(
            "wants a user and a password",
            (await Probe(etcd, null).FindFaultAsync(etcd.ClientUrls[0], default))?.Reason,
            StringComparison.Ordinal);
        Assert.Null(
            await Probe(etcd, new EtcdCredentials("router", "secret")).FindFaultAsync(etcd.ClientUrls[0], default));
    }

    private static async Task PutUntilOkAsync(EtcdDcs dcs, string config)
    {
        var started = Stopwatch.GetTimestamp();
        while (!(await dcs.CommitAsync(new DcsTransaction([], [new DcsMutation.Put(DcsKey.Config, config)]), default)).IsOk)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), "no write went through");
        }
    }

    private static EtcdProbe Probe(EtcdServers etcd, EtcdCredentials? credentials) =>
        new(Settings([.. etcd.ClientUrls], credentials), TimeProvider.System);

    private static EtcdDcs Connect(EtcdServers etcd, EtcdCredentials? credentials = null) =>
        new(Settings([.. etcd.ClientUrls], credentials), TimeProvider.System, NullLogger<EtcdDcs>.Instance);

    private static EtcdDcs Connect(Uri endpoint) =>
        new(Settings([endpoint], null), TimeProvider.System, NullLogger<EtcdDcs>.Instance);

    private static EtcdSettings Settings(EquatableList<Uri> endpoints, EtcdCredentials? credentials) => new()
    {
        Endpoints = endpoints,
        Scope = "demo",
        Credentials = credentials,
    };
}
