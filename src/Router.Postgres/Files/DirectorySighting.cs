using Router.Cluster.Local;

namespace Router.Postgres.Files;

/// <summary>What lies at the data directory.</summary>
/// <param name="Reason">One sentence where it is neither empty nor valid.</param>
internal sealed record DirectorySighting(DataDirectoryState State, string? Reason);
