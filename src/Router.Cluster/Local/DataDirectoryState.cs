namespace Router.Cluster.Local;

/// <summary>What lies at <c>postgresql.data_dir</c>.</summary>
public enum DataDirectoryState
{
    /// <summary>Nothing, or an empty directory: initdb or a clone may fill it.</summary>
    Empty,

    /// <summary>A PostgreSQL data directory of the version that we run.</summary>
    Valid,

    /// <summary>An initdb began here and did not end: nobody has used it, and it is made or copied anew.</summary>
    HalfMade,

    /// <summary>A copy began here and did not end: never started, only copied anew, for there is a cluster.</summary>
    HalfCopied,

    /// <summary>
    /// A rewind began here and did not end: never started. What it held may be there nowhere else, so that it is set
    /// aside before a copy takes its place.
    /// </summary>
    HalfRewound,

    /// <summary>Not readable, not ours, another version: a person has to look.</summary>
    Unusable,
}
