namespace Router.Cluster;

/// <summary>What a member says it is; read from <c>role</c>, where <c>master</c> is the old word for primary.</summary>
public enum MemberRole
{
    Unknown,
    Primary,
    Replica,
    StandbyLeader,
    Demoted,
    Promoted,
    Uninitialized,
}
