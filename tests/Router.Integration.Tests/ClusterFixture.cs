namespace Router.Integration.Tests;

/// <summary>One cluster for the stories of a class.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    internal TestCluster Cluster { get; private set; } = null!;

    /// <summary>A killed agent has to be back before its lease ends, on a machine with other work too.</summary>
    public async Task InitializeAsync() => Cluster = await TestCluster.StartAsync(ttl: 20);

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
