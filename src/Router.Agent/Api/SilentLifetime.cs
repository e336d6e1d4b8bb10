using Microsoft.Extensions.Hosting;

namespace Router.Agent.Api;

/// <summary>The agent handles the signals of its process itself; its web host takes no notice of them.</summary>
public sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
