using Router.Configuration;

namespace Router.Hosting;

/// <summary>
/// The log of a running process: loggers in front, one writer behind. Disposing writes what is queued, with a bound.
/// </summary>
internal sealed class ProcessLog : IAsyncDisposable
{
    private readonly LogQueue _queue;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private readonly LevelFilter _level;

    private ProcessLog(LogQueue queue, ILoggerFactory loggers, LevelFilter level, TimeProvider time, Task writing)
    {
        _level = level;
        _queue = queue;
        _time = time;
        _writing = writing;
        Loggers = loggers;
    }

    public ILoggerFactory Loggers { get; }

    /// <summary>Starts the writer.</summary>
    public static ProcessLog Start(LogConfiguration configuration, TextWriter writer, TimeProvider time)
    {
        var queue = new LogQueue(writer);
        var provider = new LineLoggerProvider(configuration.Format, queue, time);
        var level = new LevelFilter(configuration.Level);
        var loggers = LoggerFactory.Create(builder =>
        {
            builder.AddProvider(provider);
            builder.SetMinimumLevel(LogLevel.Trace);
            builder.AddFilter(level.Passes);
        });
        return new ProcessLog(queue, loggers, level, time, queue.RunAsync());
    }

    /// <summary>Lines from now on go by it.</summary>
    public void SetLevel(LogLevel level) => _level.Level = level;

    public async ValueTask DisposeAsync()
    {
        Loggers.Dispose();
        await _queue.DrainAsync(_writing, _time);
    }
}
