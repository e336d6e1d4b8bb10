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

    private ProcessLog(LogQueue queue, ILoggerFactory loggers, TimeProvider time, Task writing)
    {
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
        var loggers = LoggerFactory.Create(builder =>
        {
            builder.AddProvider(provider);
            builder.SetMinimumLevel(configuration.Level);
            // The frameworks' own remarks per request are nobody's news.
            builder.AddFilter("Microsoft", LogLevel.Warning);
            builder.AddFilter("Yarp", LogLevel.Warning);
            builder.AddFilter("Grpc", LogLevel.Warning);
        });
        return new ProcessLog(queue, loggers, time, queue.RunAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Loggers.Dispose();
        await _queue.DrainAsync(_writing, _time);
    }
}
