using Router.Agent.Execution;
using Router.Cluster;
using Router.Dcs;
using Router.Postgres;

namespace Router.Agent.Operations;

/// <summary>
/// Makes the cluster: initdb with users, then <c>config</c>, the leader lock and <c>initialize</c>. Its member has won
/// the <c>initialize</c> key, so nobody else makes one; where it fails, the key is taken back and the directory is set
/// aside for a person to look at.
/// </summary>
public sealed class BootstrapOperation(
    IPostgresInstance instance, IDcs dcs, Leadership leadership, AgentOptions options)
{
    /// <param name="raced">The revision at which the <c>initialize</c> key was won.</param>
    /// <param name="settings">Of <c>bootstrap.dcs</c>.</param>
    /// <param name="aborted">Ends initdb too.</param>
    public async Task<ActionResult> RunAsync(Revision raced, HaSettings settings, CancellationToken aborted)
    {
        var made = await instance.BootstrapAsync(aborted);
        var result = made.IsSuccess
            ? await RegisterAsync(settings, aborted)
            : ActionResult.Failed(made.Reason);
        return result.IsSuccess ? result : await UndoAsync(raced, result.Reason, aborted);
    }

    private async Task<ActionResult> RegisterAsync(HaSettings settings, CancellationToken aborted)
    {
        var facts = await instance.ProbeAsync(aborted);
        if (facts.Identifier is not { } identifier)
        {
            return ActionResult.Failed("the new cluster has no readable control file");
        }

        if (await dcs.ReadAsync(aborted) is not DcsRead.Seen { View: var view })
        {
            return ActionResult.Failed("the store does not answer");
        }

        var acquired = await leadership.AcquireAsync(
            view, new Timeline(1), isOpened: true, settings.Ttl, aborted);
        if (!acquired.IsSuccess)
        {
            return acquired;
        }

        // The guard was not needed while nobody else could have this cluster; from here on others may copy it.
        await leadership.ArmGuardAsync(settings.FenceMargin, aborted);
        var claim = leadership.State.Claim!;
        var written = view.Config.IsAbsent
            ? await dcs.CommitAsync(
                ClusterTransactions.RestoreConfig(claim, view.Config.ModRevision, options.BootstrapConfigJson), aborted)
            : new CommitAnswer(WriteOutcome.Ok, view.Config.ModRevision);
        if (written.IsOk)
        {
            written = await dcs.CommitAsync(
                ClusterTransactions.PutInitialize(claim, view.Initialize.ModRevision, identifier), aborted);
        }

        return written.IsOk
            ? ActionResult.Done($"made a new cluster, system identifier {identifier}")
            : ActionResult.Failed("the new cluster was not registered in the store: " + (written.Reason ?? "conflict"));
    }

    private async Task<ActionResult> UndoAsync(Revision raced, string reason, CancellationToken aborted)
    {
        var fenced = await instance.FenceAsync(aborted);
        if (!fenced.IsSuccess)
        {
            return ActionResult.Failed($"{reason}; and the new instance could not be stopped: {fenced.Reason}");
        }

        await leadership.ReleaseAsync(aborted);
        var aside = await instance.SetDataAsideAsync(aborted);
        await dcs.CommitAsync(ClusterTransactions.ClearInitialize(raced), aborted);
        return ActionResult.Failed($"{reason}; {aside.Reason}");
    }
}
