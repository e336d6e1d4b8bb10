namespace Router.Postgres.Files;

/// <summary>What did not end in a data directory.</summary>
internal enum IncompleteKind
{
    /// <summary>pg_rewind: there was data, which a person may still want to see. Also what we cannot read.</summary>
    Rewind,

    /// <summary>A copy into an empty directory: there was never anything else in it, but a cluster is somewhere.</summary>
    Copy,

    /// <summary>A new cluster, which nobody has used yet.</summary>
    Bootstrap,
}
