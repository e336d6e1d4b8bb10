using Router.Configuration;

namespace Router.Hosting;

/// <summary>Makes loggers that share one queue; the queue's owner is <see cref="ProcessLog"/>.</summary>
internal sealed class LineLoggerProvider(LogFormat format, LogQueue queue, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, format, queue, time);

    public void Dispose()
    {
    }
}
