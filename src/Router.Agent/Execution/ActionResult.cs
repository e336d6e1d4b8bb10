namespace Router.Agent.Execution;

/// <summary>How one action ended; the first failure ends a plan.</summary>
/// <param name="Reason">A sentence for the log.</param>
public sealed record ActionResult(bool IsSuccess, string Reason)
{
    public static ActionResult Done(string reason) => new(true, reason);

    public static ActionResult Failed(string reason) => new(false, reason);
}
