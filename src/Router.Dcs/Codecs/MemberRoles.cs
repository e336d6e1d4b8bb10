using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The words for a member's role in its key.</summary>
public static class MemberRoles
{
    public static string TextOf(MemberRole role) => role switch
    {
        MemberRole.Primary => "primary",
        MemberRole.Replica => "replica",
        MemberRole.StandbyLeader => "standby_leader",
        MemberRole.Demoted => "demoted",
        MemberRole.Promoted => "promoted",
        MemberRole.Uninitialized => "uninitialized",
        _ => "unknown",
    };

    public static MemberRole Parse(string? text) => text switch
    {
        "primary" or "master" => MemberRole.Primary,
        "replica" => MemberRole.Replica,
        "standby_leader" => MemberRole.StandbyLeader,
        "demoted" => MemberRole.Demoted,
        "promoted" => MemberRole.Promoted,
        "uninitialized" => MemberRole.Uninitialized,
        _ => MemberRole.Unknown,
    };
}
