using Router.Cluster.Local;
using static Router.Postgres.Tests.Instance.ScratchMember;

namespace Router.Postgres.Tests.Instance;

/// <summary>What is left of a rewind or a copy that did not end. Run as user postgres: see <see cref="AsUserPostgresTests"/>.</summary>
[Trait("Category", "Integration")]
public sealed class RewindTests
{
    [UnprivilegedFact]
    public async Task Rewind_that_its_rehearsal_refuses_changes_nothing()
    {
        await using var a = await BootstrapAsync("a", options => options with
        {
            RewindOptions = [new("no-such-option")],
        });
        await using var b = await CloneAsync("b", a);
        await PartAsync(a, b);

        var result = await a.Postgres.RewindAsync(b.Target, default);

        Assert.False(result.IsSuccess);
        Assert.Contains("nothing was changed", result.Reason, StringComparison.Ordinal);
        var facts = await a.ProbeAsync();
        Assert.Equal((DataDirectoryState.Valid, "shut down"), (facts.DataDirectory, facts.Control!.State));
        Assert.Equal(HistoryVerdict.Diverged, (await a.Postgres.CompareHistoryAsync(b.Target, default)).Verdict);
    }

    [UnprivilegedFact]
    public async Task Failed_rewind_is_never_started_and_can_be_set_aside()
    {
        await using var a = await BootstrapAsync("a", options => options with
        {
            BinNames = [new("pg_rewind", RewindThat("exit 1"))],
        });
        await using var b = await CloneAsync("b", a);
        await PartAsync(a, b);

        Assert.False((await a.Postgres.RewindAsync(b.Target, default)).IsSuccess);

        Assert.Equal(DataDirectoryState.HalfRewound, (await a.ProbeAsync()).DataDirectory);
        Assert.False((await a.Postgres.StartAsStandbyAsync(b.Target, default)).IsSuccess);
        Assert.False((await a.Postgres.CloneAsync(b.Target, default)).IsSuccess);
        var aside = await Succeeds(a.Postgres.SetDataAsideAsync(default));
        Assert.True(Directory.Exists(aside));
        await Succeeds(a.Postgres.CloneAsync(b.Target, default));
        Directory.Delete(aside, recursive: true);
    }

    [UnprivilegedFact]
    public async Task Directory_of_an_instance_that_was_fenced_just_now_can_be_set_aside()
    {
        await using var a = await BootstrapAsync("a");

        await Succeeds(a.Postgres.FenceAsync(default));
        var aside = await Succeeds(a.Postgres.SetDataAsideAsync(default));

        Assert.False(Directory.Exists(a.Options.DataDirectory));
        Directory.Delete(aside, recursive: true);
    }

    [UnprivilegedFact]
    public async Task Copy_leaves_only_the_newest_of_what_was_set_aside()
    {
        await using var a = await BootstrapAsync("a");
        await using var b = await CloneAsync("b", a);
        var foreign = Directory.CreateDirectory(b.Options.DataDirectory + ".failed-by-hand").FullName;
        var aside = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await Succeeds(b.Postgres.StopAsync(StopMode.Fast, TimeSpan.FromSeconds(60), default));
            aside.Add(await Succeeds(b.Postgres.SetDataAsideAsync(default)));
            Assert.All(aside, path => Assert.True(Directory.Exists(path), path));
            await Succeeds(b.Postgres.CloneAsync(a.Target, default));
            await Succeeds(b.Postgres.StartAsStandbyAsync(a.Target, default));
        }

        Assert.Equal([aside[1], foreign], Directory.GetDirectories(b.Root, "data.failed-*").Order(StringComparer.Ordinal));
    }

    [UnprivilegedFact]
    public async Task Tool_that_outlives_its_agent_finds_no_directory_of_its_successor()
    {
        await using var a = await BootstrapAsync("a");
        await using var b = new ScratchMember("b", options => options with
        {
            BinNames = [new("pg_basebackup", ToolThat("pg_basebackup", "printf '%s\\n' \"$@\" > \"$0.said\"; exit 1"))],
        });
        await Succeeds(b.Postgres.ConfigureAsync(ScratchMember.Config, default));
        var said = b.Options.BinNames[0].Value + ".said";

        Assert.False((await b.Postgres.CloneAsync(a.Target, default)).IsSuccess);
        var first = Target(said);
        Assert.False((await b.Postgres.CloneAsync(a.Target, default)).IsSuccess);

        Assert.StartsWith(b.Options.DataDirectory, first, StringComparison.Ordinal);
        Assert.NotEqual(first, Target(said));

        static string Target(string said) =>
            File.ReadLines(said).First(line => line.StartsWith("--pgdata=", StringComparison.Ordinal))["--pgdata=".Length..];
    }

    /// <summary>a was killed as primary after b was promoted: their histories part.</summary>
    private static async Task PartAsync(ScratchMember a, ScratchMember b)
    {
        await a.UntilAsync(facts => facts.Standbys.Count == 1, "b streams");
        await Succeeds(b.Postgres.PromoteAsync(default));
        _ = await b.SqlAsync("CHECKPOINT");
        _ = await a.SqlAsync("CREATE TABLE lost (x int)");
        await Succeeds(a.Postgres.FenceAsync(default));
        await a.UntilAsync(facts => facts.State == PostgresState.Stopped, "a is stopped");
    }

    /// <summary>A pg_rewind that rehearses well and then does <paramref name="then"/>.</summary>
    private static string RewindThat(string then) =>
        ToolThat("pg_rewind", $"case \"$*\" in *--dry-run*) exec /usr/lib/postgresql/15/bin/pg_rewind \"$@\";; esac; {then}");

    private static string ToolThat(string name, string does)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("tool-").FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{does}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
