namespace Router.Agent.Guarding;

/// <summary>What a guard does to itself first, each as far as it is allowed.</summary>
internal static class GuardSession
{
    /// <summary>
    /// Its own session, no working directory that somebody may want to unmount, and last to be killed for memory.
    /// </summary>
    public static void Begin()
    {
        _ = GuardKernel.NewSession();
        Environment.CurrentDirectory = "/";
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "-1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Lowering it needs a privilege; the unit may set OOMScoreAdjust.
        }
    }

    /// <summary>
    /// Keeps what was touched in memory. Only where the limit is infinite: under a limit later allocations would fail.
    /// </summary>
    public static void LockMemory()
    {
        if (Environment.IsPrivilegedProcess || IsUnlimited())
        {
            _ = GuardKernel.LockMemory(GuardKernel.LockAllTouched);
        }
    }

    private static bool IsUnlimited() =>
        File.ReadLines("/proc/self/limits").Any(
            line => line.StartsWith("Max locked memory", StringComparison.Ordinal)
                && line.Contains("unlimited", StringComparison.Ordinal));
}
