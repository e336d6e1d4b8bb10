using System.Runtime.InteropServices;
using Router.Hosting;

namespace Router.Command.Tests.Hosting;

public sealed class ProcessSignalsTests : IDisposable
{
    private readonly ProcessSignals _signals = new();

    public void Dispose() => _signals.Dispose();

    [Theory]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGINT)]
    public void First_asks_to_stop_and_second_aborts(PosixSignal first, PosixSignal second)
    {
        _signals.Receive(first);
        Assert.True(_signals.Stopping.IsCancellationRequested);
        Assert.False(_signals.Aborted.IsCancellationRequested);
        _signals.Receive(second);
        Assert.True(_signals.Aborted.IsCancellationRequested);
    }

    [Fact]
    public async Task Hangups_ask_for_one_reload_and_stop_nothing()
    {
        _signals.Receive(PosixSignal.SIGHUP);
        _signals.Receive(PosixSignal.SIGHUP);
        await _signals.WaitForReloadAsync(CancellationToken.None);
        Assert.False(_signals.WaitForReloadAsync(CancellationToken.None).IsCompleted);
        Assert.False(_signals.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Signal_of_the_system_arrives()
    {
        _signals.Listen();
        var reload = _signals.WaitForReloadAsync(CancellationToken.None);
        using var kill = System.Diagnostics.Process.Start("kill", ["-HUP", $"{Environment.ProcessId}"]);
        await reload.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
