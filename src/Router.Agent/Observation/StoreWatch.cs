using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Observation;

/// <summary>Turns the store's changes into wake-ups. The cycle reads for itself; nothing is decided of a watch.</summary>
public sealed class StoreWatch(IDcsReader dcs, MemberName me, Action<string> wake)
{
    /// <summary>Runs until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        ClusterView? before = null;
        try
        {
            await foreach (var read in dcs.WatchAsync(stopping))
            {
                if (read is not DcsRead.Seen { View: var view })
                {
                    continue;
                }

                if (before is not null && WakeReason.Between(before, view, me) is { } reason)
                {
                    wake(reason);
                }

                before = view;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The owner asked.
        }
    }
}
