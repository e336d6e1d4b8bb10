using Router.Protocol;
using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <summary>What becomes of a server connection whose client has ended. Pure.</summary>
internal static class ReleasePolicy
{
    private const string Rollback = "ROLLBACK";

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
        string[] errands = (facts.Transaction != TransactionStatus.Idle, isReset) switch
        {
            (true, true) => [Rollback, facts.Options!.ResetQuery],
            (true, false) => [Rollback],
            (false, true) => [facts.Options!.ResetQuery],
            _ => [],
        };
        return new ReleaseDecision(null, errands);
    }
}
