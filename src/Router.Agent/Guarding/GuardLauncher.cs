namespace Router.Agent.Guarding;

/// <summary>Starts a guard that is no descendant of the agent and outlives it.</summary>
internal sealed class GuardLauncher(GuardOptions options)
{
    /// <summary>Null when it was started; it may still find another guard in its place and end.</summary>
    public Task<string?> LaunchAsync(CancellationToken stopping)
    {
        string[] socket = options.SocketDirectory is { } directory ? ["--socket-dir", Path.GetFullPath(directory)] : [];
        string[] command =
            [.. options.Router, "guard", "--data-dir", Path.GetFullPath(options.DataDirectory), .. socket];
        return DetachedStart.RunAsync(options.Router, new AgentCommand("/", command), stopping);
    }
}
