namespace Router.Agent.Guarding;

/// <summary>What a guard is started with.</summary>
/// <param name="DataDirectory">The instance to guard; one guard for each.</param>
/// <param name="SocketDirectory">Where socket, lock and record lie; null: see <see cref="GuardPaths"/>.</param>
/// <param name="Router">This program's own command line: executable, and what must come before its arguments.</param>
public sealed record GuardOptions(string DataDirectory, string? SocketDirectory, IReadOnlyList<string> Router);
