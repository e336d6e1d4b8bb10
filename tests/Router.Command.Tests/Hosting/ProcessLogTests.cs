using Microsoft.Extensions.Logging;
using Router.Configuration;
using Router.Hosting;
using Router.Testing;

namespace Router.Command.Tests.Hosting;

public sealed partial class ProcessLogTests
{
    private readonly StringWriter _output = new();

    [Fact]
    public async Task Everything_queued_is_written_before_disposal_ends()
    {
        await using (var log = ProcessLog.Start(LogConfiguration.Default, _output, TimeProvider.System))
        {
            for (var i = 0; i < 100; i++)
            {
                Counted(log.Loggers.CreateLogger("Router.Test"), i);
            }
        }

        Assert.Equal(100, _output.ToString().Split("Test: number ").Length - 1);
    }

    [Fact]
    public async Task Level_decides_what_is_written()
    {
        await using (var log = ProcessLog.Start(
            LogConfiguration.Default with { Level = LogLevel.Warning }, _output, TimeProvider.System))
        {
            Counted(log.Loggers.CreateLogger("Router.Test"), 1);
        }

        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Level_may_change_while_loggers_are_in_use()
    {
        await using (var log = ProcessLog.Start(LogConfiguration.Default, _output, TimeProvider.System))
        {
            var (own, framework) = (log.Loggers.CreateLogger("Router.Test"), log.Loggers.CreateLogger("Microsoft.Test"));
            Counted(own, 1);
            Counted(framework, 2);
            log.SetLevel(LogLevel.Warning);
            Counted(own, 3);
            Assert.False(own.IsEnabled(LogLevel.Information));
            log.SetLevel(LogLevel.Debug);
            Assert.True(own.IsEnabled(LogLevel.Debug));
            Counted(own, 4);
        }

        Assert.Equal(
            ["number 1", "number 4"],
            _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[^8..]));
    }

    [Fact]
    public async Task Slow_writer_drops_lines_and_tells_how_many()
    {
        var queue = new LogQueue(_output);
        for (var i = 0; i < LogQueue.Capacity + 5; i++)
        {
            queue.Add("line");
        }

        queue.Complete();
        await queue.RunAsync();
        Assert.EndsWith("line\nlog: 5 lines were dropped, the reader is slow\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_disk_loses_lines_and_the_log_goes_on_when_there_is_room()
    {
        await using var disk = new FillingDisk();
        var queue = new LogQueue(disk);
        var running = queue.RunAsync();
        queue.Add("one");
        await Eventually.TrueAsync(() => disk.Text == "one\n", "a line is written");

        disk.IsFull = true;
        queue.Add("two");
        queue.Add("three");
        await Eventually.TrueAsync(() => disk.Refused == 2, "both were tried");
        disk.IsFull = false;
        queue.Add("four");

        await queue.DrainAsync(running, TimeProvider.System);
        Assert.Equal("one\n\nlog: 2 lines were lost: No space left on device\nfour\n", disk.Text);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "number {Number}")]
    private static partial void Counted(ILogger logger, int number);
}
