namespace Router.Simulation;

/// <summary>What kind of cluster a run plays with; drawn from its seed.</summary>
internal sealed record Scenery(
    int Members, bool IsSynchronous, bool IsStrict, bool StoreMayForget, bool HasGuard, bool HasPauses)
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan FaultsLast = TimeSpan.FromSeconds(180);

    public static readonly TimeSpan HealingLasts = TimeSpan.FromSeconds(90);

    public string ConfigJson => ConfigOf(isPaused: false);

    public string ConfigOf(bool isPaused) => "{\"ttl\":10,\"loop_wait\":2,\"retry_timeout\":3,\"maximum_lag_on_failover\":1048576,"
        + (isPaused ? "\"pause\":true," : "")
        + $"\"synchronous_mode\":{(IsSynchronous ? "true" : "false")},"
        + $"\"synchronous_mode_strict\":{(IsStrict ? "true" : "false")},"
        + "\"postgresql\":{\"use_pg_rewind\":true,\"use_slots\":true}}";

    /// <summary>
    /// A store that forgets its newest keys forgets who is synchronous, so that no promise about commits can be kept:
    /// that is played in asynchronous clusters only.
    /// </summary>
    public static Scenery Draw(int seed)
    {
        var random = new Random(seed ^ 0x5eed);
        var isSynchronous = random.Next(2) == 0;
        return new Scenery(
            random.Next(4) == 0 ? 2 : 3, isSynchronous, isSynchronous && random.Next(3) == 0,
            !isSynchronous && random.Next(2) == 0, random.Next(5) > 0, random.Next(5) == 0);
    }

    public override string ToString() =>
        $"{Members} members, {(IsSynchronous ? IsStrict ? "strict" : "synchronous" : "asynchronous")}"
        + (StoreMayForget ? ", the store may forget" : "") + (HasGuard ? "" : ", no guard")
        + (HasPauses ? ", pauses" : "");
}
