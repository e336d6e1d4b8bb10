namespace Router.Postgres.Options;

/// <summary>
/// The options in force. Replaced whole between two operations, when the configuration was read again; whoever asks in
/// the middle of one sees them as they were at its begin.
/// </summary>
internal sealed class LiveOptions(PostgresOptions first)
{
    private volatile PostgresOptions _now = first;

    public PostgresOptions Now
    {
        get => _now;
        set => _now = value;
    }
}
