using Router.Protocol.Messages;

namespace Router.Proxy.Authentication;

/// <summary>What became of a client's authentication.</summary>
internal abstract record AuthOutcome
{
    private AuthOutcome()
    {
    }

    public sealed record Granted : AuthOutcome;

    public sealed record Refused(ErrorResponse Error) : AuthOutcome;

    /// <summary>The client closed its connection.</summary>
    public sealed record Left : AuthOutcome;
}
