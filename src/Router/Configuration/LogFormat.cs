namespace Router.Configuration;

internal enum LogFormat
{
    /// <summary>A line for people: time, level, category, message.</summary>
    Plain,

    /// <summary>A line as PgBouncer writes it: time, zone, process, level, message.</summary>
    PgBouncer,

    /// <summary>A JSON object per line.</summary>
    Json,
}
