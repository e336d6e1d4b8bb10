namespace Router.Integration.Tests;

/// <summary>One asynchronous cluster for the stories of a class.</summary>
public sealed class AsynchronousFixture : IAsyncLifetime
{
    internal TestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Cluster = await TestCluster.StartAsync(ttl: 20, form: new ClusterForm { IsSynchronous = false });

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
