using Router.Postgres.Files;
using Router.Postgres.Processes;

namespace Router.Postgres.Probing;

/// <summary>What one look at the data directory and at /proc saw.</summary>
/// <param name="Postmaster">Null where none lives.</param>
/// <param name="HasOrphans">No postmaster, but processes of it that may yet acknowledge.</param>
internal sealed record DiskSighting(
    DirectorySighting Directory, PostmasterProcess? Postmaster, bool HasStandbySignal, bool HasOrphans)
{
    /// <summary>The disk did not answer in time: what stands here is a guess.</summary>
    public bool IsSilent { get; init; }
}
