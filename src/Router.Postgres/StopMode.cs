namespace Router.Postgres;

/// <summary>PostgreSQL's ways to stop.</summary>
public enum StopMode
{
    /// <summary>SIGINT: sessions are ended, a shutdown checkpoint is written, standbys receive it.</summary>
    Fast,

    /// <summary>SIGQUIT: no checkpoint; recovery at the next start.</summary>
    Immediate,
}
