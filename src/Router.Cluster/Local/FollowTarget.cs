namespace Router.Cluster.Local;

/// <summary>Whom a standby streams from: its <c>primary_conninfo</c> and <c>primary_slot_name</c>.</summary>
public sealed record FollowTarget(MemberName Member, MemberAddress Address, string? SlotName);
