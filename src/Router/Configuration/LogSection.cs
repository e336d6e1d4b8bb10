namespace Router.Configuration;

/// <summary>Reads <c>log</c>, with Patroni's names of levels.</summary>
internal static class LogSection
{
    public static LogConfiguration Read(Section section) => new()
    {
        Format = section.OneOf("type", "plain", "plain", "json") == "json" ? LogFormat.Json : LogFormat.Plain,
        Level = section.OneOf("level", "INFO", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL") switch
        {
            "DEBUG" => LogLevel.Debug,
            "WARNING" => LogLevel.Warning,
            "ERROR" => LogLevel.Error,
            "CRITICAL" => LogLevel.Critical,
            _ => LogLevel.Information,
        },
    };
}
