namespace Router.Hosting;

/// <summary>Which lines are written; the level may change while the process runs.</summary>
internal sealed class LevelFilter(LogLevel level)
{
    private static readonly string[] Frameworks = ["Microsoft", "Yarp", "Grpc"];

    private volatile int _level = (int)level;

    public LogLevel Level
    {
        get => (LogLevel)_level;
        set => _level = (int)value;
    }

    public bool Passes(string? category, LogLevel level) => level >= Level
        // The frameworks' own remarks per request are nobody's news.
        && (level >= LogLevel.Warning || !IsFrameworks(category ?? ""));

    private static bool IsFrameworks(string category) =>
        Array.Exists(Frameworks, name => category.StartsWith(name, StringComparison.Ordinal));
}
