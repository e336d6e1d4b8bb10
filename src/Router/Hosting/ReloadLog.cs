using Router.Configuration;

namespace Router.Hosting;

/// <summary>What a reload says: each finding, and once whether it took effect.</summary>
internal static partial class ReloadLog
{
    [LoggerMessage(EventId = 8110, Level = LogLevel.Information, Message = "The configuration was read again and is in force")]
    public static partial void Reloaded(ILogger logger);

    [LoggerMessage(EventId = 8111, Level = LogLevel.Warning,
        Message = "Changed, and in force after a restart of this process only: {Settings}")]
    public static partial void NeedsRestart(ILogger logger, string settings);

    [LoggerMessage(EventId = 8112, Level = LogLevel.Error, Message = "The configuration stays as it was: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(EventId = 8113, Level = LogLevel.Error, Message = "{Finding}")]
    public static partial void FoundError(ILogger logger, Finding finding);

    [LoggerMessage(EventId = 8114, Level = LogLevel.Warning, Message = "{Finding}")]
    public static partial void FoundWarning(ILogger logger, Finding finding);

    /// <summary>Says what was found; hands the configuration on.</summary>
    public static TConfiguration? Tell<TConfiguration>(ILogger logger, Findings findings, TConfiguration? configuration)
        where TConfiguration : class
    {
        foreach (var finding in findings.All)
        {
            switch (finding.Severity)
            {
                case FindingSeverity.Error:
                    FoundError(logger, finding);
                    break;
                case FindingSeverity.Warning:
                    FoundWarning(logger, finding);
                    break;
            }
        }

        if (configuration is null)
        {
            Refused(logger, "the file cannot be used");
        }

        return configuration;
    }

    public static void TellRestart(ILogger logger, IReadOnlyList<string> settings)
    {
        if (settings.Count > 0)
        {
            NeedsRestart(logger, string.Join(", ", settings));
        }
    }
}
