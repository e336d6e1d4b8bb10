using System.Globalization;
using Router.Postgres.Options;

namespace Router.Postgres.Tools;

/// <summary>PostgreSQL's programs, by the names and the directory that the configuration gives.</summary>
internal sealed class PostgresTools(LiveOptions options, ProcessTool tool)
{
    private static readonly TimeSpan ShortBound = TimeSpan.FromSeconds(30);

    private readonly string? _directory = options.Now.BinDirectory ?? BinDirectory.Find();
    private int? _major;

    public string PathOf(string program)
    {
        var name = options.Now.BinNames.FirstOrDefault(pair => pair.Name == program)?.Value ?? program;
        return _directory is null ? name : Path.Combine(_directory, name);
    }

    /// <summary>A program whose run may take long.</summary>
    public Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken aborted) =>
        tool.RunAsync(
            PathOf(program), arguments, options.Now.ToolBound, aborted, Files.InstanceFiles.PassFileOf(options.Now));

    /// <summary>A program that only looks.</summary>
    public Task<ToolResult> LookAsync(string program, IEnumerable<string> arguments, CancellationToken aborted) =>
        tool.RunAsync(PathOf(program), arguments, ShortBound, aborted);

    /// <summary>An operator's command, run by the shell with <paramref name="arguments"/> appended.</summary>
    public Task<ToolResult> RunCommandAsync(
        string command, IEnumerable<string> arguments, string? passFile, CancellationToken aborted) =>
        tool.RunAsync(
            "/bin/sh",
            ["-c", command + " \"$@\"", "sh", .. arguments],
            options.Now.ToolBound,
            aborted,
            passFile ?? Files.InstanceFiles.PassFileOf(options.Now));

    /// <summary>The major version of the programs; null with a sentence where they do not run.</summary>
    public async Task<(int? Major, string? Failure)> ReadMajorAsync(CancellationToken aborted)
    {
        if (_major is { } known)
        {
            return (known, null);
        }

        var result = await LookAsync("postgres", ["--version"], aborted);
        if (!result.IsSuccess)
        {
            return (null, result.Failure);
        }

        _major = ParseMajor(result.Output);
        return (_major, _major is null ? $"{PathOf("postgres")} did not tell its version." : null);
    }

    /// <summary><c>postgres (PostgreSQL) 15.7 (Debian …)</c>, <c>… 18beta1</c>.</summary>
    internal static int? ParseMajor(string version)
    {
        var start = version.IndexOf(") ", StringComparison.Ordinal);
        var digits = start < 0 ? "" : new string([.. version[(start + 2)..].TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var major) ? major : null;
    }
}
