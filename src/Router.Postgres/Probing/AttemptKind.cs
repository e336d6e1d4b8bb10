namespace Router.Postgres.Probing;

/// <summary>The answers a session can give.</summary>
internal enum AttemptKind
{
    /// <summary>The row.</summary>
    Facts,

    /// <summary>An error of PostgreSQL: that is life (rule S11).</summary>
    Error,

    /// <summary>Refused by the kernel, broken off, or given up by us: neither life nor silence.</summary>
    Unreached,
}
