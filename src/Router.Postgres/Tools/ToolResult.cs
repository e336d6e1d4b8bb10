namespace Router.Postgres.Tools;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Null: it was killed by us, or never ran.</param>
/// <param name="Output">Its standard output, cut to a bound.</param>
/// <param name="Failure">One sentence; null on success.</param>
internal sealed record ToolResult(int? ExitCode, string Output, string? Failure)
{
    public bool IsSuccess => Failure is null;
}
