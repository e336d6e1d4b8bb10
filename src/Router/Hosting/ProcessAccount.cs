namespace Router.Hosting;

/// <summary>The account that the process runs as.</summary>
internal static class ProcessAccount
{
    /// <summary>Why an agent does not start under this account; null where it may.</summary>
    public static string? RefusalOfAgent(bool isRoot) => isRoot
        ? "the agent does not run as root, because PostgreSQL does not; start it as the owner of the data directory, "
            + "such as: setpriv --reuid=postgres --regid=postgres --init-groups router agent FILE"
        : null;

    public static string? RefusalOfAgent() => RefusalOfAgent(Environment.IsPrivilegedProcess);
}
