using System.Threading.Channels;
using Router.Cluster;

namespace Router.Dcs.Tests.Etcd;

/// <summary>Runs a watch beside the test and hands out what it told, in order.</summary>
internal sealed class WatchLog : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Channel<DcsRead> _told = Channel.CreateUnbounded<DcsRead>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public WatchLog(IDcsReader dcs)
    {
        _running = RunAsync(dcs);
    }

    public async Task<ClusterView> UntilAsync(Func<ClusterView, bool> condition)
    {
        while (true)
        {
            if (await NextAsync() is DcsRead.Seen seen && condition(seen.View))
            {
                return seen.View;
            }
        }
    }

    public async Task UntilUnreachableAsync()
    {
        while (await NextAsync() is not DcsRead.Unreachable)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task<DcsRead> NextAsync() => await _told.Reader.ReadAsync().AsTask().WaitAsync(Bound);

    private async Task RunAsync(IDcsReader dcs)
    {
        try
        {
            await foreach (var read in dcs.WatchAsync(_stopping.Token))
            {
                _ = _told.Writer.TryWrite(read);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
