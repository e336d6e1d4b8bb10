namespace Router.Cluster;

/// <summary>Name of a member as in <c>patroni.yml</c>'s <c>name</c>; the last part of its <c>members/</c> key.</summary>
public readonly record struct MemberName(string Value)
{
    /// <summary>PostgreSQL matches synchronous standby names without regard to case.</summary>
    public bool MatchesStandbyName(MemberName other) =>
        string.Equals(Value, other.Value, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Value;
}
