using System.Globalization;
using Router.Cluster.Local;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Probing;
using Router.Postgres.Processes;
using Router.Postgres.Settings;
using Router.Postgres.Tools;

namespace Router.Postgres.Operations;

/// <summary>Starts the server in a role and waits until it accepts sessions.</summary>
internal sealed class ServerStart(
    LiveOptions options,
    InstanceFiles files,
    InstanceConfiguration configuration,
    DirectoryProbe directory,
    Postmaster postmaster,
    PostgresTools tools,
    TimeProvider time)
{
    private const long OutputMax = 64 << 20;
    private const int TailMax = 2000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public async Task<InstanceResult> StartAsync(RoleSettings role, CancellationToken aborted)
    {
        var sighting = (await directory.LookAsync(aborted)).Directory;
        if (sighting.State != DataDirectoryState.Valid)
        {
            return InstanceResult.Failed($"not started: {sighting.Reason ?? "there is no data directory"}.");
        }

        if (postmaster.Find() is { } running)
        {
            return InstanceResult.Failed($"not started: it runs already as process {Text(running.Pid)}.");
        }

        try
        {
            configuration.Role = role;
            files.MarkRole(role.IsStandby);
            _ = configuration.Write();
            return await LaunchAsync(await CommandLineAsync(role, aborted), aborted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"not started: {e.Message}");
        }
    }

    /// <summary>Starts with these settings and no others changed; for a first start that nobody may see.</summary>
    public async Task<InstanceResult> LaunchAsync(IEnumerable<PostgresSetting> commandLine, CancellationToken aborted)
    {
        var offset = RollOutput();
        IEnumerable<string> arguments =
        [
            "-D", options.Now.DataDirectory, $"--config-file={files.ConfPath}",
            .. commandLine.Select(setting => $"--{setting.Name}={setting.Value}"),
        ];
        var pid = PostmasterSpawn.Start(tools.PathOf("postgres"), [.. arguments], files.OutputPath);
        return await WaitAsync(pid, offset, aborted);
    }

    private async Task<IEnumerable<PostgresSetting>> CommandLineAsync(RoleSettings role, CancellationToken aborted)
    {
        if (!role.IsStandby)
        {
            return configuration.Settings.CommandLine;
        }

        var control = await directory.ReadControlAsync(aborted);
        return control is null
            ? configuration.Settings.CommandLine
            : configuration.Settings.StandbyCommandLine(control.StandbyMinimums);
    }

    private async Task<InstanceResult> WaitAsync(int pid, long offset, CancellationToken aborted)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var found = postmaster.Find();
            if (found is { File.IsReady: true } && found.Pid == pid)
            {
                return InstanceResult.Done($"started as process {Text(pid)}.");
            }

            if (!Postmaster.IsAlive(pid))
            {
                return InstanceResult.Failed($"PostgreSQL did not start: {ReadOutput(offset)}");
            }

            if (aborted.IsCancellationRequested || time.GetElapsedTime(start) >= options.Now.StartTimeout)
            {
                return InstanceResult.Failed(
                    $"PostgreSQL is still starting after {time.GetElapsedTime(start).TotalSeconds:0} s; it goes on.");
            }

            await Task.Delay(PollInterval, time, aborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Keeps one old file of the server's output; answers where the new one's next byte goes.</summary>
    private long RollOutput()
    {
        var file = new FileInfo(files.OutputPath);
        if (file is { Exists: true, Length: > OutputMax })
        {
            file.MoveTo(files.OutputPath + ".1", overwrite: true);
            return 0;
        }

        return file.Exists ? file.Length : 0;
    }

    private string ReadOutput(long offset)
    {
        try
        {
            using var file = new FileStream(files.OutputPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Position = Math.Max(offset, file.Length - TailMax);
            using var reader = new StreamReader(file);
            return ProcessTool.OneLine(WhatEndedIt(reader.ReadToEnd()));
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    /// <summary>Of the server's output the lines for which it ended; all of it where none says so.</summary>
    internal static string WhatEndedIt(string output)
    {
        var ends = output.Split('\n')
            .Select(line => (Line: line, At: Math.Max(line.IndexOf("FATAL:", StringComparison.Ordinal),
                line.IndexOf("PANIC:", StringComparison.Ordinal))))
            .Where(line => line.At >= 0)
            .Select(line => line.Line[line.At..])
            .ToArray();
        return ends.Length > 0 ? string.Join('\n', ends) : output;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
