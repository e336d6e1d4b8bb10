using System.Diagnostics;
using System.Globalization;

namespace Router.Integration.Tests.Drivers;

/// <summary>What a program printed.</summary>
/// <param name="Seen">Its lines, without those that begin with <c>#</c>.</param>
/// <param name="Servers">How many server processes it says that it met.</param>
public sealed record DriverRun(int ExitCode, string Seen, int Servers, string Errors)
{
    private const string ServersLine = "# servers ";

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    public static async Task<DriverRun> OfAsync(Process program)
    {
        using var bound = new CancellationTokenSource(Bound);
        var reads = new[] { program.StandardOutput.ReadToEndAsync(), program.StandardError.ReadToEndAsync() };
        try
        {
            await program.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            program.Kill(entireProcessTree: true);
        }

        var lines = (await reads[0]).Split('\n');
        var servers = Array.Find(lines, static line => line.StartsWith(ServersLine, StringComparison.Ordinal));
        await program.WaitForExitAsync();
        return new DriverRun(
            program.ExitCode,
            string.Join('\n', lines.Where(static line => !line.StartsWith('#'))),
            servers is null ? 0 : int.Parse(servers[ServersLine.Length..], CultureInfo.InvariantCulture),
            await reads[1]);
    }
}
