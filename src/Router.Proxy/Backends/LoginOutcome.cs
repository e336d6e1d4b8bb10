using Router.Protocol.Messages;
using Router.Proxy.Pooling;

namespace Router.Proxy.Backends;

/// <summary>What became of a login of ours at a server.</summary>
internal abstract record LoginOutcome
{
    private LoginOutcome()
    {
    }

    /// <param name="Parameters">What the server reported.</param>
    /// <param name="Key">Null where the server gave none.</param>
    public sealed record Done(ReportedParameters Parameters, BackendKeyData? Key) : LoginOutcome;

    /// <summary>The server said no, in its own words; or we had nothing to say to its question.</summary>
    public sealed record Refused(ErrorResponse Error) : LoginOutcome;

    /// <summary>The connection ended or made no sense.</summary>
    /// <param name="Reason">For the log.</param>
    public sealed record Broken(string Reason) : LoginOutcome;
}
