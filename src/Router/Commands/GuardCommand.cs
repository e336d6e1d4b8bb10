using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Console;
using Router.Agent.Guarding;
using Router.Postgres.Fencing;

namespace Router.Commands;

/// <summary>The process that fences PostgreSQL when the agent no longer proves its lease. The agent starts it.</summary>
internal sealed class GuardCommand : ICommand
{
    /// <summary><c>--launch --chdir DIR --</c>, before the command to start.</summary>
    private const int LaunchWords = 4;

    public string Name => "guard";

    public string Summary => "fence PostgreSQL when its agent no longer proves the lease (started by the agent)";

    public string Help => """
        Usage: router guard --data-dir DIR [--socket-dir DIR] [--stop-post]

        Waits for the agent of this data directory and kills every process of its PostgreSQL when the agent has not
        proven the leader lease in time. The agent starts and finds it by itself; by hand it is of no use.

          --data-dir DIR     the PostgreSQL data directory; one guard for each
          --socket-dir DIR   where socket, lock and recorded deadline lie: a directory in memory with mode 0700
                             (default: router-UID in $XDG_RUNTIME_DIR, /run or /dev/shm)
          --stop-post        for ExecStopPost of a unit: act on the recorded deadline if it passed, else see to it
                             that a guard waits for it

        Example: router guard --data-dir /var/lib/postgresql/15/main --stop-post

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        try
        {
            return arguments is ["--launch", "--chdir", var directory, "--", _, ..]
                ? Launch(directory, arguments.Skip(LaunchWords))
                : await RunAsync(GuardArguments.Parse(arguments));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            await terminal.ComplainAsync($"router guard: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static int Launch(string directory, IEnumerable<string> command)
    {
        GuardProcess.Launch(new Agent.Guarding.AgentCommand(directory, [.. command]));
        return ExitCode.Ok;
    }

    private static async Task<int> RunAsync(GuardArguments arguments)
    {
        using var stopping = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var logs = LoggerFactory.Create(static builder => builder
            .AddSimpleConsole(static format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
                format.ColorBehavior = LoggerColorBehavior.Disabled;
            })
            .Services.Configure<ConsoleLoggerOptions>(
                static console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        var logger = logs.CreateLogger("Router.Guard");
        var options = new GuardOptions(arguments.DataDirectory, arguments.SocketDirectory, GuardOptions.OwnProgram());
        var clock = new LinuxBootClock();
        if (arguments.IsStopPost)
        {
            await GuardStopPost.RunAsync(options, clock, TimeProvider.System, logger, stopping.Token);
            return ExitCode.Ok;
        }

        return await GuardProcess.RunAsync(options, clock, TimeProvider.System, logger, stopping.Token)
            ? ExitCode.Ok
            : ExitCode.Failed;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
    }
}
