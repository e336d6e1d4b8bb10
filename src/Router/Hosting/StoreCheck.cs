using Router.Configuration;
using Router.Dcs.Etcd;

namespace Router.Hosting;

/// <summary>Asks the store's endpoints, before anything is built on them, whether they serve this cluster.</summary>
internal sealed class StoreCheck(EtcdConfiguration etcd, EtcdSettings settings, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly EtcdProbe _probe = new(settings, time);

    /// <summary>
    /// Null once an endpoint serves this scope. A store that comes up together with the agent is waited for; one that
    /// stays away, or is the wrong one, is told in one sentence.
    /// </summary>
    public async Task<string?> WaitAsync(CancellationToken stopping)
    {
        var begun = time.GetTimestamp();
        var told = "";
        while (true)
        {
            var faults = await AskAsync(stopping);
            if (faults is null)
            {
                return etcd.IsWrittenForV2 ? await _probe.FindScopeInV2Async(stopping) : null;
            }

            if (time.GetElapsedTime(begun) > Bound || IsForGood(faults))
            {
                return Sentence(faults);
            }

            if (faults[0].Reason != told)
            {
                told = faults[0].Reason;
                HostLog.StoreFault(logger, told, Bound.TotalSeconds);
            }

            await Task.Delay(Pause, time, stopping);
        }
    }

    /// <summary>Null where an endpoint serves this scope or may yet come to; asked once.</summary>
    public async Task<string?> RefusalAsync(CancellationToken stopping) =>
        await AskAsync(stopping) is { } faults && IsForGood(faults) ? Sentence(faults) : null;

    /// <summary>Null where one serves.</summary>
    private async Task<List<EtcdFault>?> AskAsync(CancellationToken stopping)
    {
        var faults = new List<EtcdFault>();
        foreach (var endpoint in settings.Endpoints)
        {
            if (await _probe.FindFaultAsync(endpoint, stopping) is not { } fault)
            {
                return null;
            }

            faults.Add(fault);
        }

        return faults;
    }

    private static bool IsForGood(List<EtcdFault> faults) => faults.TrueForAll(fault => !fault.MayPass);

    private string Sentence(List<EtcdFault> faults) =>
        $"the store cannot be used: {string.Join("; ", faults.Select(Told))}";

    private string Told(EtcdFault fault) =>
        fault.Setting is { } setting ? $"{TlsFiles.SectionOf(etcd)}.{setting}: {fault.Reason}" : fault.Reason;
}
