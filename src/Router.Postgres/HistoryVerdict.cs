namespace Router.Postgres;

/// <summary>The verdicts of <see cref="HistoryComparison"/>.</summary>
public enum HistoryVerdict
{
    /// <summary>The local WAL is a part of the leader's history: it can follow.</summary>
    CanFollow,

    /// <summary>The local WAL went beyond the point where the leader's timeline began: rewind or clone.</summary>
    Diverged,

    /// <summary>The leader did not answer, or has not finished its first checkpoint: ask again.</summary>
    Unknown,
}
