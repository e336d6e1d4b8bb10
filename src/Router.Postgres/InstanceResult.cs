namespace Router.Postgres;

/// <summary>How an operation on the instance ended.</summary>
/// <param name="IsSuccess">Whether what was asked is so now.</param>
/// <param name="Reason">One sentence: what failed, where, what to do; on success what was done. Never a password.</param>
public sealed record InstanceResult(bool IsSuccess, string Reason)
{
    public static InstanceResult Done(string reason) => new(true, reason);

    public static InstanceResult Failed(string reason) => new(false, reason);
}
