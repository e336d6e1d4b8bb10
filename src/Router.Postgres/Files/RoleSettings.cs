using Router.Cluster.Local;

namespace Router.Postgres.Files;

/// <summary>The part of the configuration that changes with the role, not with the settings.</summary>
/// <param name="IsStandby">Recovery parameters are written.</param>
/// <param name="Follow">Whom a standby streams from; null: nobody.</param>
internal sealed record RoleSettings(bool IsStandby, FollowTarget? Follow)
{
    public static readonly RoleSettings Primary = new(IsStandby: false, Follow: null);

    /// <summary>What the agent set; null: the value of postgresql.parameters counts.</summary>
    public string? SynchronousNames { get; init; }
}
