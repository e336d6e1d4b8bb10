using System.Diagnostics;
using System.Globalization;
using Router.Postgres.Fencing;
using Router.Testing;
using Router.Testing.Postgres;

namespace Router.Agent.Tests.Guarding;

/// <summary>Agent, guard and PostgreSQL as three processes, each stopped and killed alone and together.</summary>
[Trait("Category", "Integration")]
public sealed class GuardedAgentTests : IAsyncLifetime
{
    private const double Short = 3;
    private const double Far = 600;

    private readonly LinuxBootClock _clock = new();
    private readonly List<Process> _started = [];
    private ScratchPostgres _postgres = null!;

    public async Task InitializeAsync() => _postgres = await ScratchPostgres.StartNewAsync("guard");

    public async Task DisposeAsync()
    {
        await GuardHost.EndAllAsync(_postgres.DataDirectory);
        foreach (var process in _started)
        {
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Stopped_agent_loses_its_primary_at_the_deadline_and_wakes_to_a_latched_guard()
    {
        var agent = await StartAgentAsync(Short, "restart");
        await PassAsync(2 * Short);
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));

        await GuardHost.KillAsync("STOP", agent);
        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "PostgreSQL is fenced");

        await GuardHost.KillAsync("CONT", agent);
        var late = _postgres.Launch();
        await late.WaitForExitAsync();
        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "the late primary is fenced");
    }

    [Fact]
    public async Task Killed_agent_is_started_again_and_nothing_else_changes()
    {
        var agent = await StartAgentAsync(10, "restart");
        var guard = Assert.Single(GuardPids());

        await GuardHost.KillAsync("KILL", agent);

        await Eventually.TrueAsync(() => AgentPids().Any(pid => pid != agent), "another agent leads");
        await PassAsync(10);
        Assert.Equal(guard, Assert.Single(GuardPids()));
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task Killed_agent_of_a_service_manager_is_left_to_it_and_its_primary_is_fenced()
    {
        var agent = await StartAgentAsync(Short, "service");

        await GuardHost.KillAsync("KILL", agent);

        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "PostgreSQL is fenced");
        Assert.Empty(AgentPids());
    }

    [Fact]
    public async Task Agent_that_ends_on_purpose_is_not_started_again_and_its_primary_is_still_guarded()
    {
        var agent = await StartAgentAsync(Short, "restart");

        await GuardHost.KillAsync("TERM", agent);

        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "PostgreSQL is fenced");
        await Eventually.TrueAsync(() => GuardPids().Count == 0, "the guard has ended");
        Assert.Empty(AgentPids());
    }

    /// <summary>
    /// What stays open without a watchdog device, shown as it is; ExecStopPost closes it where both are dead.
    /// </summary>
    [Fact]
    public async Task Agent_and_guard_killed_together_leave_a_primary_until_the_stop_post_command_runs()
    {
        var agent = await StartAgentAsync(Short, "service");
        await ScratchPostgres.SignalAsync("KILL", [agent, .. GuardPids()]);
        await PassAsync(2 * Short);
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));

        Assert.Equal(0, await StopPostAsync());

        await Eventually.TrueAsync(() => _postgres.Processes().Count == 0, "PostgreSQL is fenced");
        Assert.Empty(GuardPids());
    }

    [Fact]
    public async Task Stop_post_leaves_a_deadline_to_come_to_a_new_guard()
    {
        var agent = await StartAgentAsync(Far, "service");
        await ScratchPostgres.SignalAsync("KILL", [agent, .. GuardPids()]);
        await Eventually.TrueAsync(() => GuardPids().Count == 0, "the guard has ended");

        Assert.Equal(0, await StopPostAsync());

        _ = Assert.Single(GuardPids());
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task Stop_post_leaves_the_duty_to_a_guard_that_answers_and_replaces_one_that_is_stopped()
    {
        var agent = await StartAgentAsync(Far, "service");
        await GuardHost.KillAsync("KILL", agent);
        var guard = Assert.Single(GuardPids());
        Assert.Equal(0, await StopPostAsync());
        Assert.Equal(guard, Assert.Single(GuardPids()));

        await GuardHost.KillAsync("STOP", guard);
        Assert.Equal(0, await StopPostAsync());

        Assert.NotEqual(guard, Assert.Single(GuardPids()));
        Assert.Equal("1", await _postgres.ScalarAsync("SELECT 1"));
    }

    private async Task PassAsync(double seconds)
    {
        var until = _clock.Now + TimeSpan.FromSeconds(seconds);
        await Eventually.TrueAsync(() => _clock.Now > until, "time goes by");
    }

    private async Task<int> StartAgentAsync(double ttl, string manager)
    {
        var options = GuardHost.OptionsFor(_postgres.DataDirectory);
        Start(
            RouterProgram.TestAgent,
            options.DataDirectory,
            options.SocketDirectory!,
            options.Router[0],
            PidFile,
            ttl.ToString(CultureInfo.InvariantCulture),
            manager);
        await Eventually.TrueAsync(() => AgentPids().Count == 1, "the agent leads");
        return AgentPids()[0];
    }

    private async Task<int> StopPostAsync()
    {
        var options = GuardHost.OptionsFor(_postgres.DataDirectory);
        var process = Start(
            RouterProgram.Command[0],
            "guard",
            "--data-dir",
            options.DataDirectory,
            "--socket-dir",
            options.SocketDirectory!,
            "--stop-post");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private Process Start(string program, params IReadOnlyList<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" })!;
        _started.Add(process);
        return process;
    }

    private string PidFile => _postgres.DataDirectory + "-pids";

    private List<int> AgentPids() => File.Exists(PidFile)
        ? [.. File.ReadAllLines(PidFile)
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture))
            .Where(GuardHost.IsAlive)]
        : [];

    private List<int> GuardPids() => GuardHost.PidsWhere(command =>
        command is [_, "guard", "--data-dir", var directory, ..]
        && directory == _postgres.DataDirectory
        && !command.Contains("--stop-post"));
}
