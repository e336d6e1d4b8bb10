using Router.Protocol.Messages;

namespace Router.Proxy.Sessions;

/// <summary>What the first packets of a connection ask for.</summary>
internal abstract record StartupOutcome
{
    private StartupOutcome()
    {
    }

    /// <param name="Packet">The StartupMessage as the client sent it, to be passed on byte for byte.</param>
    public sealed record Login(byte[] Packet) : StartupOutcome;

    public sealed record Cancel(CancelRequest Request) : StartupOutcome;

    public sealed record Refused(ErrorResponse Error) : StartupOutcome;

    /// <summary>The client went, or never spoke the protocol: there is nobody to answer.</summary>
    /// <param name="Reason">For the log.</param>
    public sealed record Ended(string Reason) : StartupOutcome;
}
