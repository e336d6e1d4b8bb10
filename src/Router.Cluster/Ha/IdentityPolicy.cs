using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>Is this data directory one of the store's cluster? If not, this member touches nothing.</summary>
internal static class IdentityPolicy
{
    public static Decision? Decide(Situation situation)
    {
        if (situation.View.Initialize.Value?.Identifier is not { } expected
            || situation.Postgres.Identifier is not { } found
            || situation.Postgres.DataDirectory != DataDirectoryState.Valid
            || expected == found)
        {
            return null;
        }

        var reason = $"this data directory has system identifier {found}, the store's cluster has {expected}: "
            + "I do nothing; check scope and data_dir";
        return situation.Settings.Pause
            ? Decision.Because(reason, mayLead: false)
            : Decision.Because(reason, mayLead: false, new HaAction.Exit(reason));
    }
}
