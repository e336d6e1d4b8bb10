using System.Threading.Channels;
using Router.Cluster.Guarding;
using Router.Postgres.Fencing;

namespace Router.Agent.Guarding;

/// <summary>
/// Looks at the instance for the guard's loop, on a task of its own, because a look reads the data directory and a disk
/// may hang. One look at a time; a look asked for while one runs begins after it.
/// </summary>
internal sealed class InstanceObserver(InstanceFence fence, LoopSignal done)
{
    private readonly Channel<long> _asked = Channel.CreateBounded<long>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropOldest,
        SingleReader = true,
    });

    private long _numberAsked;
    private volatile Look _last = new(0, InstanceSighting.Unknown);

    /// <summary>The newest look that ended.</summary>
    public Look Last => _last;

    /// <summary>Asks for a look that begins after this call; called by the loop only.</summary>
    public long Ask()
    {
        _ = _asked.Writer.TryWrite(++_numberAsked);
        return _numberAsked;
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var number in _asked.Reader.ReadAllAsync(stopping))
            {
                _last = new Look(number, fence.Refresh());
                done.Raise();
            }
        }
        catch (OperationCanceledException)
        {
            // The guard ends.
        }
    }

    /// <param name="Number">It began after this request, and so after all earlier ones.</param>
    public sealed record Look(long Number, InstanceSighting Sighting);
}
