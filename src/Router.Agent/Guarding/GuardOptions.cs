namespace Router.Agent.Guarding;

/// <summary>What a guard is started with.</summary>
/// <param name="DataDirectory">The instance to guard; one guard for each.</param>
/// <param name="SocketDirectory">Where socket, lock and record lie; null: see <see cref="GuardPaths"/>.</param>
/// <param name="Router">This program's own command line: executable, and what must come before its arguments.</param>
public sealed record GuardOptions(string DataDirectory, string? SocketDirectory, IReadOnlyList<string> Router)
{
    /// <summary>The command line that starts this very program: the executable, or dotnet and the assembly.</summary>
    public static IReadOnlyList<string> OwnProgram()
    {
        var program = Environment.ProcessPath
            ?? throw new InvalidOperationException("The path of this program is unknown: /proc is needed.");
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Path.GetFullPath(Environment.GetCommandLineArgs()[0])]
            : [program];
    }
}
