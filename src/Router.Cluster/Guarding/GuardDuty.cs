namespace Router.Cluster.Guarding;

/// <summary>What the guard does about time.</summary>
public enum GuardDuty : byte
{
    /// <summary>
    /// Nothing is fenced. Feeds are ignored: only arming, which the agent awaits, starts a deadline. The latch of the
    /// last fence stays.
    /// </summary>
    Disarmed,

    /// <summary>
    /// A primary may run, or be started or promoted, until the deadline. Each feed of the same acquisition moves it.
    /// </summary>
    Armed,

    /// <summary>
    /// The deadline passed and the instance was fenced. Until a new acquisition, a confirmed pause or a disarm after it
    /// was seen stopped or in recovery, a primary that shows up is fenced again: an agent that was frozen between its
    /// check and the start of PostgreSQL wakes into this.
    /// </summary>
    Fired,
}
