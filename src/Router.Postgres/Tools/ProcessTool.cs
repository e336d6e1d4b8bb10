using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Router.Postgres.Tools;

/// <summary>
/// Runs a program to its end, within a bound, and keeps the tail of what it says. A cancelled or late program is killed
/// with its children. Passwords never pass here: programs read them from PGPASSFILE.
/// </summary>
internal sealed class ProcessTool(TimeProvider time)
{
    private const int OutputMax = 1 << 20;
    private const int TailMax = 2000;

    private static readonly TimeSpan ReapBound = TimeSpan.FromSeconds(5);

    public async Task<ToolResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        TimeSpan bound,
        CancellationToken aborted,
        string? passFile = null)
    {
        using var process = new Process { StartInfo = Describe(program, arguments, passFile) };
        var name = Path.GetFileName(program);
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            var reason = e is Win32Exception { NativeErrorCode: var code } ? Marshal.GetPInvokeErrorMessage(code) : e.Message;
            return new ToolResult(null, "", $"{program} cannot be run ({reason}): see postgresql.bin_dir.");
        }

        process.StandardInput.Close();
        var output = ReadTailAsync(process.StandardOutput, OutputMax);
        var error = ReadTailAsync(process.StandardError, TailMax);
        var ending = await WaitAsync(process, bound, aborted);
        await ((Task)Task.WhenAll(output, error)).WaitAsync(ReapBound, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var said = OneLine(error.IsCompletedSuccessfully ? await error : "");
        var text = output.IsCompletedSuccessfully ? await output : "";
        var failure = ending is not null ? $"{name} {ending}; its last words: {said}"
            : process.ExitCode == 0 ? null
            : string.Create(CultureInfo.InvariantCulture, $"{name} ended with {process.ExitCode}: {said}");
        return new ToolResult(ending is null ? process.ExitCode : null, text, failure);
    }

    /// <summary>The last lines that a program wrote, as part of a sentence.</summary>
    public static string OneLine(string text)
    {
        var line = string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length == 0 ? "it said nothing" : line;
    }

    private static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, string? passFile)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (key, value) in ChildEnvironment.Build())
        {
            start.Environment[key] = value;
        }

        // Its messages and pg_controldata's labels are read by us.
        start.Environment["LC_ALL"] = "C";
        start.Environment["PGCONNECT_TIMEOUT"] = "10";
        if (passFile is not null)
        {
            start.Environment["PGPASSFILE"] = passFile;
        }

        return start;
    }

    /// <summary>Null when it ended by itself.</summary>
    private async Task<string?> WaitAsync(Process process, TimeSpan bound, CancellationToken aborted)
    {
        using var late = new CancellationTokenSource(bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, late.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            using var reaped = new CancellationTokenSource(ReapBound, time);
            await process.WaitForExitAsync(reaped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return aborted.IsCancellationRequested ? "was cancelled" : $"did not end within {bound.TotalSeconds:0.###} s and was killed";
        }
    }

    private static async Task<string> ReadTailAsync(StreamReader reader, int lengthMax)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        int length;
        while ((length = await reader.ReadAsync(buffer)) > 0)
        {
            text.Append(buffer, 0, length);
            if (text.Length > lengthMax)
            {
                text.Remove(0, text.Length - lengthMax);
            }
        }

        return text.ToString();
    }
}
