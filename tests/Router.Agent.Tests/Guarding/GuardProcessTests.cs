using System.Diagnostics;
using System.Globalization;
using Router.Agent.Guarding;
using Router.Cluster.Guarding;
using Router.Testing;
using Router.Testing.Postgres;
using Xunit.Abstractions;

namespace Router.Agent.Tests.Guarding;

/// <summary>The guard as a real process beside a real PostgreSQL.</summary>
[Trait("Category", "Integration")]
public sealed class GuardProcessTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const double Soon = 3;
    private const double Far = 600;

    private ScratchPostgres _postgres = null!;
    private GuardHost _host = null!;

    public async Task InitializeAsync()
    {
        _postgres = await ScratchPostgres.StartNewAsync("guard");
        _host = await GuardHost.StartAsync(_postgres.DataDirectory);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public void Guard_is_no_descendant_of_its_agent_and_has_its_own_session()
    {
        var stat = File.ReadAllText($"/proc/{_host.Keeper.GuardPid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

        Assert.NotEqual(Environment.ProcessId, int.Parse(fields[1], CultureInfo.InvariantCulture));
        Assert.Equal(_host.Keeper.GuardPid, int.Parse(fields[3], CultureInfo.InvariantCulture));
        Assert.Equal("/", new FileInfo($"/proc/{_host.Keeper.GuardPid}/cwd").LinkTarget);
    }

    [Fact]
    public async Task Deadline_that_nobody_moves_ends_every_process_of_the_instance()
    {
        var deadline = _host.In(Soon);
        Assert.Equal(
            ArmOutcome.Armed, await _host.Keeper.ArmAsync(deadline, GuardHost.First, CancellationToken.None));

        await Eventually.TrueAsync(() => _host.Keeper.State is GuardState.Fired, "the guard fired");

        Assert.True(_host.Clock.Now >= deadline);
        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "every process ended");
    }

    [Fact]
    public async Task Feed_moves_the_deadline_and_a_past_one_is_ignored()
    {
        await _host.ArmAsync(Far, GuardHost.First);
        var later = _host.In(2 * Far);

        await _host.Keeper.FeedAsync(later, GuardHost.First);
        await _host.Keeper.FeedAsync(_host.In(-1), GuardHost.First);
        await _host.Keeper.FeedAsync(_host.In(0.5), GuardHost.Second);

        await Eventually.TrueAsync(
            () => _host.Keeper.State is GuardState.Armed armed && armed.Deadline == later, "the deadline moved");
        Assert.Equal(
            ArmOutcome.DeadlinePast,
            await _host.Keeper.ArmAsync(_host.In(-1), GuardHost.Second, CancellationToken.None));
        Assert.Equal(new GuardState.Armed(later), _host.Keeper.State);
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task Fired_guard_is_latched_and_fences_a_primary_that_shows_up()
    {
        await _host.ArmAsync(Soon, GuardHost.First);
        await Eventually.TrueAsync(() => _host.Keeper.State is GuardState.Fired, "the guard fired");
        await _host.Keeper.FeedAsync(_host.In(Far), GuardHost.First);
        Assert.Equal(
            ArmOutcome.Latched, await _host.Keeper.ArmAsync(_host.In(Far), GuardHost.First, CancellationToken.None));

        var postmaster = _postgres.Launch();
        await postmaster.WaitForExitAsync();
        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "the late primary was fenced");

        await _host.ArmAsync(Far, GuardHost.Second);
        await _postgres.StartAsync();
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
        Assert.IsType<GuardState.Armed>(_host.Keeper.State);
    }

    [Fact]
    public async Task Disarms_only_after_seeing_for_itself_that_no_primary_runs()
    {
        await _host.ArmAsync(Far, GuardHost.First);
        Assert.Equal(
            DisarmOutcome.PrimaryRuns,
            await _host.Keeper.DisarmAsync(DisarmReason.InRecovery, CancellationToken.None));
        Assert.IsType<GuardState.Armed>(_host.Keeper.State);

        await ScratchPostgres.SignalAsync("INT", _postgres.PostmasterPid);
        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "the instance stopped");

        Assert.Equal(
            DisarmOutcome.Disarmed, await _host.Keeper.DisarmAsync(DisarmReason.Stopped, CancellationToken.None));
        Assert.IsType<GuardState.Disarmed>(_host.Keeper.State);
    }

    [Fact]
    public async Task Confirmed_pause_disarms_a_running_primary()
    {
        await _host.ArmAsync(Far, GuardHost.First);

        Assert.Equal(
            DisarmOutcome.Disarmed, await _host.Keeper.DisarmAsync(DisarmReason.Paused, CancellationToken.None));

        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task Guard_that_is_killed_or_stopped_is_replaced_and_keeps_the_deadline(string signal)
    {
        var deadline = _host.In(Far);
        Assert.Equal(
            ArmOutcome.Armed, await _host.Keeper.ArmAsync(deadline, GuardHost.First, CancellationToken.None));
        var former = _host.Keeper.GuardPid!.Value;

        await GuardHost.KillAsync(signal, former);
        var since = Stopwatch.GetTimestamp();

        _ = await _host.WaitForOtherGuardAsync(former);
        output.WriteLine($"after SIG{signal} another guard answered in {Stopwatch.GetElapsedTime(since).TotalSeconds:0.00} s");
        await Eventually.TrueAsync(() => !GuardHost.IsAlive(former), "the former guard ended");
        Assert.Equal(new GuardState.Armed(deadline), _host.Keeper.State);
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    /// <summary>It runs, holds lock and socket and takes connections, but its loop hangs.</summary>
    [Fact]
    public async Task Guard_that_runs_and_answers_nothing_is_replaced_and_the_deadline_is_kept()
    {
        var deadline = _host.In(Far);
        Assert.Equal(
            ArmOutcome.Armed, await _host.Keeper.ArmAsync(deadline, GuardHost.First, CancellationToken.None));
        var former = _host.Keeper.GuardPid!.Value;
        await _host.LeaveAsync();
        await GuardHost.KillAsync("KILL", former);
        await Eventually.TrueAsync(() => !GuardHost.IsAlive(former), "the former guard ended");
        using var mute = await MuteGuard.StartAsync(GuardPaths.For(_postgres.DataDirectory, _host.Options.SocketDirectory));
        var since = Stopwatch.GetTimestamp();

        await using var next = GuardHost.Begin(_postgres.DataDirectory);
        await Eventually.TrueAsync(() => next.Keeper.GuardPid == mute.Pid, "the mute guard was found");
        _ = await next.WaitForOtherGuardAsync(mute.Pid);

        output.WriteLine($"another guard answered in {Stopwatch.GetElapsedTime(since).TotalSeconds:0.00} s");
        await Eventually.TrueAsync(() => !GuardHost.IsAlive(mute.Pid), "the mute guard ended");
        Assert.Equal(new GuardState.Armed(deadline), next.Keeper.State);
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task Successor_fences_what_its_killed_predecessor_owed()
    {
        await _host.ArmAsync(Soon, GuardHost.First);
        var former = _host.Keeper.GuardPid!.Value;

        await GuardHost.KillAsync("KILL", former);

        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "every process ended");
        Assert.NotEqual(former, _host.Keeper.GuardPid);
    }

    [Fact]
    public async Task Second_guard_of_the_same_data_directory_does_not_start()
    {
        var options = GuardHost.OptionsFor(_postgres.DataDirectory);
        var first = _host.Keeper.GuardPid;

        await using var other = await GuardHost.StartAsync(_postgres.DataDirectory);

        Assert.Equal(first, other.Keeper.GuardPid);
        Assert.Single(
            Directory.EnumerateFiles(options.SocketDirectory!, "*.sock"));
    }
}
