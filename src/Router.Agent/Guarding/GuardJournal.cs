using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Router.Agent.Guarding;

/// <summary>
/// Writes the guard's log on a task of its own: a log on a disk that hangs must not hold up the loop. A full journal
/// drops what is new.
/// </summary>
internal sealed class GuardJournal(ILogger logger)
{
    private const int EntriesMax = 256;

    private readonly Channel<Action<ILogger>> _entries =
        Channel.CreateBounded<Action<ILogger>>(new BoundedChannelOptions(EntriesMax)
        {
            FullMode = BoundedChannelFullMode.DropWrite,
            SingleReader = true,
        });

    public void Note(Action<ILogger> entry) => _ = _entries.Writer.TryWrite(entry);

    /// <summary>Ends when <see cref="Close"/> was called and all is written.</summary>
    public async Task RunAsync()
    {
        await foreach (var entry in _entries.Reader.ReadAllAsync())
        {
            entry(logger);
        }
    }

    public void Close() => _ = _entries.Writer.TryComplete();
}
