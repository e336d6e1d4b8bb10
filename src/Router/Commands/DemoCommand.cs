using System.Runtime.InteropServices;
using Router.Demo;

namespace Router.Commands;

/// <summary>A whole cluster on this machine, to look at or to check.</summary>
internal sealed class DemoCommand : ICommand
{
    public string Name => "demo";

    public string Summary => "run three members, a store and the proxy on this machine";

    public string Help => """
        Usage: router demo [--check] [--port N] [--dcs URL] [--dir DIRECTORY] [--keep]

        Starts a store, three PostgreSQL members with their agents, and the proxy, all on 127.0.0.1; prints the two
        connection strings and a live table. Ctrl-C stops all of it and removes what it made.

          --check          unattended: write through the endpoint, kill -9 the primary's node, switch over, report;
                           exit code 1 when an acknowledged write was lost
          --port N         port for writes; N + 1 is for reads (any free ports)
          --dcs URL        use a running etcd instead of an own one, for example http://127.0.0.1:2379
          --dir DIRECTORY  where to put everything: a new or empty directory (one below the temporary one)
          --keep           leave the files for a look

        Example: router demo --check

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        var (options, isKept) = Parse(arguments);
        var directory = MakeRoom(options.Directory);
        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stopping));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stopping));
        try
        {
            return await RunAsync(options, directory, terminal, stopping.Token) ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (DemoException e)
        {
            await terminal.Error.WriteLineAsync($"router demo: {e.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return options.IsCheck ? ExitCode.Failed : ExitCode.Ok;
        }
        finally
        {
            if (!isKept)
            {
                Directory.Delete(directory, recursive: true);
                await terminal.Out.WriteLineAsync("removed " + directory);
            }
        }
    }

    private static async Task<bool> RunAsync(
        DemoOptions options, string directory, Terminal terminal, CancellationToken stopping)
    {
        var time = TimeProvider.System;
        await using var cluster = new DemoCluster(DemoLayout.Plan(options, directory), time, terminal.Out.WriteLine);
        await cluster.StartAsync(stopping);
        await terminal.Out.WriteLineAsync();
        await terminal.Out.WriteLineAsync("  writes  " + cluster.Layout.PrimaryConnection);
        await terminal.Out.WriteLineAsync("  reads   " + cluster.Layout.ReplicaConnection);
        await terminal.Out.WriteLineAsync();
        if (options.IsCheck)
        {
            return await new DemoCheck(cluster, options.WriteInterval, time, terminal.Out).RunAsync(stopping);
        }

        using var table = new DemoTable(cluster, time, terminal.Out);
        await table.RunAsync(stopping);
        await terminal.Out.WriteLineAsync("stopping");
        return true;
    }

    private static (DemoOptions Options, bool IsKept) Parse(IReadOnlyList<string> arguments)
    {
        var options = new DemoOptions();
        var isKept = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--check":
                    options = options with { IsCheck = true };
                    break;
                case "--keep":
                    isKept = true;
                    break;
                case "--port":
                    options = options with { Port = Port(Value(arguments, ref i)) };
                    break;
                case "--dcs":
                    options = options with { Dcs = Url(Value(arguments, ref i)) };
                    break;
                case "--dir":
                    options = options with { Directory = Path.GetFullPath(Value(arguments, ref i)) };
                    break;
                default:
                    throw new UsageException($"there is no option '{arguments[i]}'");
            }
        }

        return (options, isKept);
    }

    /// <summary>The directory is removed in the end, so nobody's files may lie in it.</summary>
    private static string MakeRoom(string? asked)
    {
        if (asked is null)
        {
            return Directory.CreateTempSubdirectory("router-demo-").FullName;
        }

        if (File.Exists(asked) || (Directory.Exists(asked) && Directory.EnumerateFileSystemEntries(asked).Any()))
        {
            throw new UsageException($"--dir {asked} is there and not empty; name a new directory, for it is removed at the end");
        }

        return Directory.CreateDirectory(asked).FullName;
    }

    private static string Value(IReadOnlyList<string> arguments, ref int i) =>
        ++i < arguments.Count ? arguments[i] : throw new UsageException($"{arguments[i - 1]} needs a value");

    private static int Port(string text) =>
        int.TryParse(text, out var port) && port is > 0 and < 65535
            ? port
            : throw new UsageException($"'{text}' is no port");

    private static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Uri(text)
            : throw new UsageException($"'{text}' is no http or https URL");

    private static void Stop(PosixSignalContext context, CancellationTokenSource stopping)
    {
        context.Cancel = true;
        stopping.Cancel();
    }
}
