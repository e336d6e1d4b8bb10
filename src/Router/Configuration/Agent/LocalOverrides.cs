namespace Router.Configuration.Agent;

/// <summary>Settings that may stand in the store's document and in the local file, where the local one wins.</summary>
internal sealed record LocalOverrides
{
    public bool? UsePgRewind { get; init; }

    public bool? RemoveDataDirectoryOnDivergedTimelines { get; init; }
}
