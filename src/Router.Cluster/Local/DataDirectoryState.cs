namespace Router.Cluster.Local;

/// <summary>What lies at <c>postgresql.data_dir</c>.</summary>
public enum DataDirectoryState
{
    /// <summary>Nothing, or an empty directory: initdb or a clone may fill it.</summary>
    Empty,

    /// <summary>A PostgreSQL data directory of the version that we run.</summary>
    Valid,

    /// <summary>
    /// A clone, a rewind or an initdb began here and did not end: never started, only filled anew.
    /// </summary>
    Incomplete,

    /// <summary>Not readable, not ours, another version: a person has to look.</summary>
    Unusable,
}
