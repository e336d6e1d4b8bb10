namespace Router.Transport.Tests.Epoll;

/// <summary>
/// Tests that others would notice: a second descriptor table keeps what they close open until its thread ends.
/// </summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
