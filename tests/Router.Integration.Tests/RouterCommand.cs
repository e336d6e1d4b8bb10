using System.Diagnostics;
using System.Text;

namespace Router.Integration.Tests;

/// <summary>
/// Starts programs as the account that PostgreSQL may run as: <c>postgres</c> where the tests run as root, else the
/// present one. <c>router</c> is the published binary of ROUTER_BINARY, or the assembly of this build.
/// </summary>
internal static class RouterCommand
{
    public static string[] Router { get; } =
        Environment.GetEnvironmentVariable("ROUTER_BINARY") is { Length: > 0 } binary
            ? [binary]
            : [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "router.dll")];

    private static string[] Account { get; } = Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env", "HOME=/tmp", "DOTNET_CLI_HOME=/tmp"]
        : [];

    public static Process Start(string logFile, params IEnumerable<string> command) =>
        StartAsIs(logFile, [.. Account, .. command]);

    /// <summary>Under the present account.</summary>
    public static Process StartAsIs(string logFile, params IEnumerable<string> command)
    {
        var start = Describe(command);
        var process = Process.Start(start) ?? throw new IOException($"{start.FileName} did not start");
        var log = TextWriter.Synchronized(new StreamWriter(
            new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        { AutoFlush = true });
        process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs to the end, at most five minutes; answers exit code and all output.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params IEnumerable<string> command) =>
        RunAsIsAsync([.. Account, .. command]);

    /// <summary>Under the present account.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsIsAsync(params IEnumerable<string> command)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var process = Process.Start(Describe(command))!;
        var output = new StringBuilder();
        var reads = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} did not end:\n{output}");
        }

        await reads;
        return (process.ExitCode, output.ToString());

        async Task ReadAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (output)
                {
                    output.AppendLine(line);
                }
            }
        }
    }

    private static ProcessStartInfo Describe(IEnumerable<string> command)
    {
        string[] words = [.. command];
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/tmp",
        };
        foreach (var word in words[1..])
        {
            start.ArgumentList.Add(word);
        }

        return start;
    }
}
