using Router.Agent.Execution;
using Router.Cluster;
using Router.Dcs;
using Router.Postgres;

namespace Router.Agent.Operations;

/// <summary>
/// Makes the cluster: initdb with users, then <c>config</c>, the leader lock and <c>initialize</c>. Its member has won
/// the <c>initialize</c> key, so nobody else makes one as long as this lives; where it fails, the key is taken back and
/// the directory is set aside for a person to look at.
/// </summary>
public sealed class BootstrapOperation(
    IPostgresInstance instance, IDcs dcs, Leadership leadership, AgentOptions options, TimeProvider time)
{
    /// <param name="raced">The race that was won.</param>
    /// <param name="settings">Of <c>bootstrap.dcs</c>.</param>
    /// <param name="aborted">Ends initdb too.</param>
    public async Task<ActionResult> RunAsync(InitializeRace raced, HaSettings settings, CancellationToken aborted)
    {
        var making = MakeAsync(raced, settings, aborted);
        while (await Task.WhenAny(making, Task.Delay(settings.Ttl / 4, time, CancellationToken.None)) != making)
        {
            // What it cannot keep is seen at the end, when the key is compared.
            await dcs.KeepAliveAsync(raced.LeaseId, CancellationToken.None);
        }

        var result = await making;
        if (!result.IsSuccess)
        {
            return await UndoAsync(raced, result.Reason, aborted);
        }

        // The key has been written without it.
        await dcs.RevokeLeaseAsync(raced.LeaseId, aborted);
        return result;
    }

    private async Task<ActionResult> MakeAsync(InitializeRace raced, HaSettings settings, CancellationToken aborted)
    {
        var made = await instance.BootstrapAsync(aborted);
        return made.IsSuccess ? await RegisterAsync(raced, settings, aborted) : ActionResult.Failed(made.Reason);
    }

    private async Task<ActionResult> RegisterAsync(
        InitializeRace raced, HaSettings settings, CancellationToken aborted)
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

        if (view.Initialize.ModRevision != raced.Revision)
        {
            return ActionResult.Failed("the initialize key ran out meanwhile, and another member may make the cluster");
        }

        var acquired = await leadership.AcquireAsync(
            view, new Timeline(1), isOpened: true, settings.Ttl, aborted);
        if (!acquired.IsSuccess)
        {
            return acquired;
        }

        // The guard was not needed while nobody else could have this cluster; from here on others may copy it.
        var armed = await leadership.MustArmGuardAsync(settings.FenceMargin, options.Guard, aborted);
        if (!armed.IsSuccess)
        {
            return armed;
        }

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

    private async Task<ActionResult> UndoAsync(InitializeRace raced, string reason, CancellationToken aborted)
    {
        var fenced = await instance.FenceAsync(aborted);
        if (!fenced.IsSuccess)
        {
            return ActionResult.Failed($"{reason}; and the new instance could not be stopped: {fenced.Reason}");
        }

        await leadership.ReleaseAsync(aborted);
        var aside = await instance.SetDataAsideAsync(aborted);
        await dcs.CommitAsync(ClusterTransactions.ClearInitialize(raced.Revision), aborted);
        await dcs.RevokeLeaseAsync(raced.LeaseId, aborted);
        return ActionResult.Failed($"{reason}; {aside.Reason}");
    }
}
