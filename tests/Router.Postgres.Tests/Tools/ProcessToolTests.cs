using Router.Postgres.Tools;

namespace Router.Postgres.Tests.Tools;

public sealed class ProcessToolTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly ProcessTool _tool = new(TimeProvider.System);

    [Fact]
    public async Task Failure_is_a_sentence_with_the_programs_last_words()
    {
        var result = await _tool.RunAsync("/bin/sh", ["-c", "echo out; echo no room >&2; exit 3"], Long, default);

        Assert.Equal((3, "out\n"), (result.ExitCode, result.Output));
        Assert.Equal("sh ended with 3: no room", result.Failure);
    }

    [Fact]
    public async Task Missing_program_names_the_setting_to_correct()
    {
        var result = await _tool.RunAsync("/nowhere/pg_rewind", [], Long, default);

        Assert.Contains("/nowhere/pg_rewind", result.Failure, StringComparison.Ordinal);
        Assert.Contains("bin_dir", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Late_program_is_killed_with_its_children()
    {
        var result = await _tool.RunAsync("/bin/sh", ["-c", "sleep 600 & wait"], TimeSpan.FromMilliseconds(50), default);

        Assert.Null(result.ExitCode);
        Assert.Contains("was killed", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_program_is_killed()
    {
        using var aborted = new CancellationTokenSource();
        var running = _tool.RunAsync("/bin/sleep", ["600"], Long, aborted.Token);
        await aborted.CancelAsync();

        Assert.Contains("was cancelled", (await running).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_ours_do_not_reach_a_program()
    {
        var result = await _tool.RunAsync("/usr/bin/env", [], Long, default, "/run/pgpass");

        Assert.Contains("PGPASSFILE=/run/pgpass", result.Output, StringComparison.Ordinal);
        Assert.Contains("LC_ALL=C", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\nDOTNET_", "\n" + result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres (PostgreSQL) 15.7 (Debian 15.7-0+deb12u1)\n", 15)]
    [InlineData("postgres (PostgreSQL) 18beta1\n", 18)]
    [InlineData("something else", null)]
    public void Major_version_is_read(string text, int? major) => Assert.Equal(major, PostgresTools.ParseMajor(text));
}
