using Microsoft.Extensions.Logging;
using Router.Cluster;

namespace Router.Simulation;

/// <summary>The agent's log, as part of the transcript.</summary>
internal sealed class SimLoggers(World world, MemberName name) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
        // Nobody else listens.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            world.Tell(name.Value, formatter(state, exception));
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
