using System.Collections.Immutable;
using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>The directories of all loops: what is said to one of them is run on its loop.</summary>
internal sealed class PoolDirectories
{
    private readonly ImmutableArray<PoolDirectory> _directories;

    public PoolDirectories(IReadOnlyList<IEventLoop> loops, PoolServices services) =>
        _directories = [.. loops.Select(loop => new PoolDirectory(loop, services, this))];

    public IEnumerable<BackendPool> Pools => _directories.SelectMany(static directory => directory.Pools);

    public PoolDirectory Of(IEventLoop loop) => _directories[loop.Index];

    /// <summary>Asks every directory on its own loop. From any thread.</summary>
    public Task<T[]> AskAsync<T>(Func<PoolDirectory, T> question) => Task.WhenAll(
        _directories.Select(directory => directory.Loop.RunAsync(() => Task.FromResult(question(directory)))));

    /// <summary>From any thread; <paramref name="except"/> is not told.</summary>
    public void Tell(PoolDirectory? except, Action<PoolDirectory> what)
    {
        foreach (var directory in _directories)
        {
            if (directory != except)
            {
                directory.Loop.Post(
                    static state =>
                    {
                        var (what, directory) = ((Action<PoolDirectory>, PoolDirectory))state!;
                        what(directory);
                    },
                    (what, directory));
            }
        }
    }
}
