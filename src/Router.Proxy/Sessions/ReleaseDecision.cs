namespace Router.Proxy.Sessions;

/// <param name="CloseReason">Why the connection is closed; null: it goes back to its pool.</param>
/// <param name="Errands">What is to be said on it before the next client gets it.</param>
internal readonly record struct ReleaseDecision(string? CloseReason, string[] Errands)
{
    /// <summary>What is in flight must be ended first; then it is decided anew.</summary>
    public bool IsAbandoned { get; init; }
}
