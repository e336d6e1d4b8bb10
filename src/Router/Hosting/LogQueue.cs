using System.Globalization;
using System.Threading.Channels;

namespace Router.Hosting;

/// <summary>
/// Lines on their way to a writer. Whoever logs never waits: when the writer is slower than <see cref="Capacity"/> lines,
/// new ones are dropped and counted; so are those that it cannot take, on a full disk. The count is told as soon as
/// there is room.
/// </summary>
internal sealed class LogQueue(TextWriter writer)
{
    public const int Capacity = 10_000;

    private static readonly TimeSpan FlushBound = TimeSpan.FromSeconds(5);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _dropped;
    private long _lost;
    private string _whyLost = "";

    public void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes until <see cref="Complete"/>, and tries each line anew however the one before it ended.</summary>
    public async Task RunAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var line))
            {
                await TryWriteAsync(line);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                await TryWriteAsync(
                    string.Create(CultureInfo.InvariantCulture, $"log: {dropped} lines were dropped, the reader is slow"));
            }
        }
    }

    private async Task TryWriteAsync(string line)
    {
        try
        {
            if (_lost > 0)
            {
                // The one that failed may have left its beginning behind.
                await writer.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"\nlog: {_lost} lines were lost: {_whyLost}"));
                _lost = 0;
            }

            await writer.WriteLineAsync(line);
            await writer.FlushAsync();
        }
        catch (IOException failed)
        {
            _lost++;
            _whyLost = failed.Message;
        }
    }

    /// <summary>No line after this one; <see cref="RunAsync"/> writes the rest and ends.</summary>
    public void Complete() => _lines.Writer.TryComplete();

    /// <summary>Completes and waits for the rest to be written, not for ever.</summary>
    public async Task DrainAsync(Task running, TimeProvider time)
    {
        Complete();
        try
        {
            await running.WaitAsync(FlushBound, time);
        }
        catch (TimeoutException)
        {
            // Nobody reads our output any more, so there is nowhere left to say so.
        }
    }
}
