using Npgsql;
using Router.Cluster.Guarding;
using Router.Postgres.Fencing;
using Router.Testing;
using Router.Testing.Postgres;

namespace Router.Postgres.Tests.Fencing;

/// <summary>The fence against real PostgreSQL processes.</summary>
[Trait("Category", "Integration")]
public sealed class InstanceFenceTests : IAsyncLifetime
{
    private const string Endless = "SELECT count(*) FROM generate_series(1, 100000000000)";

    private ScratchPostgres _postgres = null!;
    private InstanceFence _fence = null!;

    public async Task InitializeAsync()
    {
        _postgres = await ScratchPostgres.StartNewAsync("guard");
        _fence = new InstanceFence(_postgres.DataDirectory);
    }

    public async Task DisposeAsync()
    {
        _fence.Dispose();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Update_in_flight_is_ended_and_never_takes_effect()
    {
        await using var connection = await _postgres.ConnectAsync();
        _ = await ScratchPostgres.ScalarAsync(connection, "CREATE TABLE t AS SELECT 1 AS x; SELECT 1");
        var update = ScratchPostgres.ScalarAsync(
            connection, $"UPDATE t SET x = 2 + (SELECT (count(*) * 0)::int FROM ({Endless}) AS e)");
        await Eventually.TrueAsync(() => IsBusy(connection.ProcessID), "the UPDATE computes");
        Assert.Equal(InstanceSighting.Primary, _fence.Refresh());

        var report = _fence.Fence();

        Assert.True(report.IsFenced, report.ToString());
        _ = await Assert.ThrowsAnyAsync<NpgsqlException>(() => update);
        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
        Assert.Empty(_postgres.Processes());
        await _postgres.StartAsync();
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT x FROM t"));
    }

    [Fact]
    public async Task Stopped_postmaster_and_its_working_backends_are_ended()
    {
        await using var connection = await _postgres.ConnectAsync();
        var query = ScratchPostgres.ScalarAsync(connection, Endless);
        await Eventually.TrueAsync(() => IsBusy(connection.ProcessID), "the query computes");
        _ = _fence.Refresh();
        await ScratchPostgres.SignalAsync("STOP", _postgres.PostmasterPid);

        var report = _fence.Fence();

        Assert.True(report.IsFenced, report.ToString());
        _ = await Assert.ThrowsAnyAsync<NpgsqlException>(() => query);
        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
    }

    [Fact]
    public async Task Stopped_backends_are_ended()
    {
        await using var connection = await _postgres.ConnectAsync();
        _ = _fence.Refresh();
        await ScratchPostgres.SignalAsync("STOP", _postgres.Processes().Where(pid => pid != _postgres.PostmasterPid));

        var report = _fence.Fence();

        Assert.True(report.IsFenced, report.ToString());
        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
        Assert.Empty(_postgres.Processes());
    }

    [Fact]
    public async Task Orphaned_backends_of_a_killed_postmaster_count_as_primary_and_are_ended()
    {
        await using var busy = await _postgres.ConnectAsync();
        await using var idle = await _postgres.ConnectAsync();
        var query = ScratchPostgres.ScalarAsync(busy, Endless);
        await Eventually.TrueAsync(() => IsBusy(busy.ProcessID), "the query computes");
        await ScratchPostgres.SignalAsync("STOP", idle.ProcessID);
        await ScratchPostgres.SignalAsync("KILL", _postgres.PostmasterPid);
        await Eventually.TrueAsync(() => _postgres.Processes().Count == 2, "only the two orphans are left");
        Assert.Equal(InstanceSighting.Primary, _fence.Refresh());
        Assert.False(_fence.IsGone());

        var report = _fence.Fence();

        Assert.True(report.IsFenced, report.ToString());
        Assert.Equal(2, report.Signalled);
        _ = await Assert.ThrowsAnyAsync<NpgsqlException>(() => query);
        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
        Assert.Equal(InstanceSighting.Stopped, _fence.Refresh());
    }

    [Fact]
    public async Task Single_user_server_is_no_primary_with_or_without_its_lock_file()
    {
        await ScratchPostgres.SignalAsync("KILL", _postgres.Processes());
        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
        var lockFile = Path.Combine(_postgres.DataDirectory, PostmasterFile.Name);
        var stale = await File.ReadAllTextAsync(lockFile);
        using var server = LaunchSingleUser();
        await Eventually.TrueAsync(
            () => File.Exists(lockFile) && File.ReadAllText(lockFile).StartsWith('-'), "the single-user server works");
        Assert.Equal(InstanceSighting.Stopped, _fence.Refresh());

        // What lies there at its first breath, and at its last.
        await File.WriteAllTextAsync(lockFile, stale);
        Assert.Equal(InstanceSighting.Stopped, _fence.Refresh());
        File.Delete(lockFile);
        Assert.Equal(InstanceSighting.Stopped, _fence.Refresh());

        Assert.True(_fence.Fence() is { IsFenced: true, Signalled: 1 });
        await server.WaitForExitAsync();
    }

    [Fact]
    public async Task Fence_that_never_looked_looks_first()
    {
        var report = _fence.Fence();

        Assert.True(report is { IsFenced: true, Signalled: > 0 }, report.ToString());
        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
    }

    [Fact]
    public async Task Instance_that_cannot_be_told_never_counts_as_fenced_or_gone()
    {
        // A link that leads to itself: no look can succeed.
        var loop = _postgres.DataDirectory + "-loop";
        _ = File.CreateSymbolicLink(loop, loop);
        using var fence = new InstanceFence(loop);

        Assert.Equal(InstanceSighting.Unknown, fence.Refresh());
        Assert.False(fence.Fence().IsFenced);
        Assert.False(fence.IsGone());
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task Second_instance_and_its_open_session_survive()
    {
        await using var other = await ScratchPostgres.StartNewAsync("guard");
        await using var connection = await other.ConnectAsync();
        var before = other.Processes();
        _ = _fence.Refresh();

        Assert.True(_fence.Fence().IsFenced);

        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
        Assert.Equal("1", await ScratchPostgres.ScalarAsync(connection, "SELECT 1"));
        Assert.Equal(before.Order(), other.Processes().Order());
    }

    [Fact]
    public async Task Rehearsal_reaches_every_process_and_harms_none()
    {
        await using var connection = await _postgres.ConnectAsync();
        _ = _fence.Refresh();
        var before = _postgres.Processes();

        var report = _fence.Rehearse();

        Assert.True(report.IsFenced, report.ToString());
        Assert.Equal(before.Count, report.Signalled);
        Assert.False(_fence.IsGone());
        Assert.Equal("1", await ScratchPostgres.ScalarAsync(connection, "SELECT 1"));
        Assert.Equal(before.Order(), _postgres.Processes().Order());
    }

    [Fact]
    public async Task Instance_reached_through_a_symbolic_link_is_found()
    {
        var link = _postgres.DataDirectory + "-link";
        _ = Directory.CreateSymbolicLink(link, _postgres.DataDirectory);
        using var fence = new InstanceFence(link);
        Assert.Equal(InstanceSighting.Primary, fence.Refresh());

        Assert.True(fence.Fence().IsFenced);

        await Eventually.TrueAsync(fence.IsGone, "nobody is attached to the segment");
        Assert.Empty(_postgres.Processes());
    }

    [Fact]
    public void Nothing_to_fence_is_fenced_and_gone()
    {
        var missing = "/tmp/guard-none-" + Guid.NewGuid().ToString("N");
        using var fence = new InstanceFence(missing);
        Assert.Equal(InstanceSighting.Stopped, fence.Refresh());

        Assert.Equal(new FenceReport(0, 0, 1, IsSettled: true, 0), fence.Fence());
        Assert.True(fence.IsGone());
    }

    [Fact]
    public async Task Signal_file_shows_recovery()
    {
        await File.WriteAllTextAsync(_postgres.DataDirectory + "/standby.signal", string.Empty);

        Assert.Equal(InstanceSighting.InRecovery, _fence.Refresh());
    }

    [CgroupFact]
    public async Task Cgroup_of_its_own_is_killed_as_a_whole()
    {
        using var group = ScratchCgroup.Make();
        await group.TakeAsync(_postgres.Processes());
        var seen = new InstanceReader(_postgres.DataDirectory).Read(InstanceIdentity.None);
        Assert.Equal(group.KillFile, System.Text.Encoding.UTF8.GetString(seen.Instance.CgroupKillUtf8!).TrimEnd('\0'));
        _ = _fence.Refresh();

        Assert.True(_fence.Fence().IsFenced);

        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
        Assert.Empty(_postgres.Processes());
    }

    [CgroupFact]
    public async Task Cgroup_shared_with_somebody_else_is_left_alone()
    {
        using var group = ScratchCgroup.Make();
        using var neighbour = System.Diagnostics.Process.Start("sleep", "600");
        await group.TakeAsync([.. _postgres.Processes(), neighbour.Id]);
        _ = _fence.Refresh();

        Assert.True(_fence.Fence().IsFenced);

        await Eventually.TrueAsync(_fence.IsGone, "nobody is attached to the segment");
        Assert.False(neighbour.HasExited);
        neighbour.Kill();
        await neighbour.WaitForExitAsync();
    }

    /// <summary>It reads statements until it is told that there are no more.</summary>
    private System.Diagnostics.Process LaunchSingleUser()
    {
        var program = ScratchPostgres.AsPostgres(out var prefix, "postgres");
        var start = new System.Diagnostics.ProcessStartInfo(
            program, [.. prefix, "--single", "-D", _postgres.DataDirectory, "-c", "log_min_messages=fatal", "postgres"])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return System.Diagnostics.Process.Start(start)!;
    }

    private static bool IsBusy(int pid) =>
        File.Exists($"/proc/{pid}/stat")
        && File.ReadAllText($"/proc/{pid}/stat").Contains(") R ", StringComparison.Ordinal);
}
