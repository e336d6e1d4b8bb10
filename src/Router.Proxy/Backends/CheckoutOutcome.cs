using Router.Protocol.Messages;

namespace Router.Proxy.Backends;

/// <summary>What a client that asked for a backend gets.</summary>
internal abstract record CheckoutOutcome
{
    private CheckoutOutcome()
    {
    }

    public sealed record Taken(BackendConnection Backend) : CheckoutOutcome;

    public sealed record Refused(ErrorResponse Error) : CheckoutOutcome;

    /// <summary>The client went while it waited.</summary>
    public sealed record Abandoned : CheckoutOutcome;
}
