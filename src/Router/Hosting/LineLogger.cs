using Router.Configuration;

namespace Router.Hosting;

/// <summary>A logger of one category that puts lines into the queue.</summary>
internal sealed class LineLogger(string category, LogFormat format, LogQueue queue, TimeProvider time) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    // The factory's filter has decided before.
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var (at, message) = (time.GetUtcNow(), formatter(state, exception));
        queue.Add(format switch
        {
            LogFormat.Json => LogLine.Json(at, logLevel, category, eventId, message,
                state as IReadOnlyList<KeyValuePair<string, object?>>, exception),
            LogFormat.PgBouncer => LogLine.PgBouncer(at, logLevel, message, exception),
            _ => LogLine.Plain(at, logLevel, category, message, exception),
        });
    }
}
