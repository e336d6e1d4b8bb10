using Router.Protocol;
using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <summary>What becomes of a server connection whose client has ended. Pure.</summary>
internal static class ReleasePolicy
{
    private const string Rollback = "ROLLBACK";
    private const string Discard = "DISCARD ALL";

    public static ReleaseDecision Decide(ReleaseFacts facts)
    {
        if (facts.CloseReason is { } reason)
        {
            return new ReleaseDecision(reason, []);
        }

        if (!facts.IsAtRest && facts.EndsByItself)
        {
            return new ReleaseDecision(null, []) { IsAbandoned = true };
        }

        if (!facts.IsAtRest || facts.Transaction == TransactionStatus.Unknown)
        {
            return new ReleaseDecision("the client left in the middle of a request", []);
        }

        var isReset = facts.Options is { ResetQuery.Length: > 0 } options
            && (facts.Mode == PoolMode.Session || options.ResetQueryAlways);
        var isOpen = facts.Transaction != TransactionStatus.Idle;
        string[] errands =
        [
            .. isOpen ? [Rollback] : Array.Empty<string>(),
            .. facts.IsDirty ? [Discard] : isReset ? [facts.Options!.ResetQuery] : Array.Empty<string>(),
        ];
        return new ReleaseDecision(null, errands);
    }
}
