namespace Router.Cluster.Ha;

/// <summary>What an asked-for switchover or failover says about this member's part in a race.</summary>
/// <param name="IsForMe">This member is the one asked for: lag and others' positions do not count.</param>
/// <param name="Sentence">With <paramref name="IsForMe"/>: the story, with what may be lost.</param>
/// <param name="Obstacle">Why it leaves the race to another for now.</param>
/// <param name="Until">How long it does.</param>
internal sealed record Nomination(
    bool IsForMe = false, string? Sentence = null, string? Obstacle = null, BootTime? Until = null)
{
    public static readonly Nomination None = new();
}
