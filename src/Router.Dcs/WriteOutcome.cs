namespace Router.Dcs;

/// <summary>The three ends of every write. Unknown is read again before anything is decided.</summary>
public enum WriteOutcome
{
    Ok,

    /// <summary>A condition did not hold; nothing was written.</summary>
    Conflict,

    /// <summary>No answer in time, or the answer was lost: the write may have happened.</summary>
    Unknown,
}
