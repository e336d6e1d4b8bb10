using System.ComponentModel;
using System.Diagnostics;

namespace Router.Agent.Guarding;

/// <summary>
/// Starts a process that is no descendant of this one: an intermediate <c>router guard --launch</c> in a session of its
/// own starts it and ends, so that init adopts it.
/// </summary>
internal static class DetachedStart
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <summary>The caller's half. Null when it was started, else the reason in one sentence.</summary>
    public static async Task<string?> RunAsync(
        IReadOnlyList<string> router, AgentCommand command, CancellationToken stopping)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bound.CancelAfter(Bound);
        try
        {
            string[] arguments =
            [
                .. router.Skip(1), "guard", "--launch", "--chdir", command.WorkingDirectory, "--", .. command.Arguments,
            ];
            using var intermediate = Start(router[0], "/", arguments);
            await intermediate.WaitForExitAsync(bound.Token);
            return intermediate.ExitCode == 0 ? null : $"{command.Arguments[0]} could not be started.";
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return $"{router[0]} could not be started: {e.Message}";
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return $"{command.Arguments[0]} was not started within {Bound.TotalSeconds} s.";
        }
    }

    /// <summary>The intermediate's half: starts the command and lets go of it.</summary>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public static void Launch(AgentCommand command)
    {
        _ = GuardKernel.NewSession();
        Start(command.Arguments[0], command.WorkingDirectory, command.Arguments.Skip(1)).Dispose();
    }

    private static Process Start(string program, string workingDirectory, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = workingDirectory, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
