namespace Router.Proxy.Routing;

/// <summary>What <see cref="RoutePolicy"/> answers.</summary>
public abstract record RouteDecision
{
    private RouteDecision()
    {
    }

    /// <param name="Member">Where to connect.</param>
    /// <param name="Identity">The primary whose end is this session's end; null on a replica.</param>
    public sealed record Use(RoutedMember Member, PrimaryIdentity? Identity) : RouteDecision;

    /// <param name="Reason">For the client that waits in vain.</param>
    public sealed record Wait(string Reason) : RouteDecision;

    /// <param name="SqlState">The code that the client hears.</param>
    /// <param name="Message">One sentence that names no host.</param>
    public sealed record Reject(string SqlState, string Message) : RouteDecision;
}
