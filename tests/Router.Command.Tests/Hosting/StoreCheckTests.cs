using System.Collections.Immutable;
using Router.Configuration;
using Router.Hosting;
using Router.Testing;

namespace Router.Command.Tests.Hosting;

public sealed class StoreCheckTests
{
    [Fact]
    public async Task Store_that_does_not_answer_yet_is_told_once_with_the_bound_in_seconds()
    {
        using var output = new StringWriter();
        using var stopping = new CancellationTokenSource();
        var etcd = new EtcdConfiguration
        {
            Endpoints = ImmutableArray.Create(new Uri($"http://127.0.0.1:{FreePort.Take(1)[0]}")),
        };
        await using (var log = ProcessLog.Start(LogConfiguration.Default, TextWriter.Synchronized(output), TimeProvider.System))
        {
            var check = new StoreCheck(
                etcd, EtcdSettingsOf.From(etcd, "service", "demo"), TimeProvider.System, log.Loggers.CreateLogger("Router.Test"));
            stopping.CancelAfter(TimeSpan.FromSeconds(3));

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check.WaitAsync(stopping.Token));
        }

        var told = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("The store does not answer yet, it is tried again for 30 s: ", told, StringComparison.Ordinal);
        Assert.EndsWith("is etcd running there, and is this its client URL?", told, StringComparison.Ordinal);
    }
}
