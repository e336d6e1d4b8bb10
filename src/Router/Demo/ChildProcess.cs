using System.Diagnostics;

namespace Router.Demo;

/// <summary>One of our own commands as a child, its output in a file.</summary>
internal sealed class ChildProcess(string name, string logFile, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private Process? _process;
    private Task _copying = Task.CompletedTask;

    public string Name => name;

    public bool IsRunning => _process is { HasExited: false };

    public int? ExitCode => _process is { HasExited: true } exited ? exited.ExitCode : null;

    public void Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Under `dotnet router.dll` the process is the host, and the assembly its first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "router.dll"));
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new IOException($"{name} could not be started");
        _copying = CopyAsync(_process);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process?.Kill();

    /// <summary>SIGTERM, and SIGKILL when <paramref name="bound"/> has passed.</summary>
    public async Task StopAsync(TimeSpan bound, TimeProvider time)
    {
        if (_process is not { HasExited: false } process)
        {
            return;
        }

        MemberProcesses.Signal(process.Id, MemberProcesses.Terminate);
        using var elapsed = new CancellationTokenSource(bound, time);
        try
        {
            await process.WaitForExitAsync(elapsed.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
    }

    /// <summary>The end of the log, for an error message.</summary>
    public string LogTail() =>
        File.Exists(logFile) ? string.Join('\n', File.ReadLines(logFile).TakeLast(15)) : "";

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
            await _copying;
            process.Dispose();
        }
    }

    private async Task CopyAsync(Process process)
    {
        await using var log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        log.AutoFlush = true;
        var gate = TextWriter.Synchronized(log);
        await Task.WhenAll(CopyAsync(process.StandardOutput, gate), CopyAsync(process.StandardError, gate));
    }

    private static async Task CopyAsync(StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(line);
        }
    }
}
