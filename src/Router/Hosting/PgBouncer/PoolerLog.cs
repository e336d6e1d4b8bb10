namespace Router.Hosting.PgBouncer;

/// <summary>What a pooler's process says of itself; the words are PgBouncer's where it says the same.</summary>
internal static partial class PoolerLog
{
    [LoggerMessage(EventId = 8300, Level = LogLevel.Information, Message = "process up: PgBouncer {Version} (Router {Release})")]
    public static partial void Up(ILogger logger, string version, string release);

    [LoggerMessage(EventId = 8301, Level = LogLevel.Information, Message = "got {Signal}, {Order}")]
    public static partial void Signalled(ILogger logger, string signal, string order);

    [LoggerMessage(EventId = 8302, Level = LogLevel.Critical, Message = "{Problem}")]
    public static partial void Fatal(ILogger logger, string problem);

    [LoggerMessage(EventId = 8303, Level = LogLevel.Information, Message = "{AuthFile} has changed and was read again")]
    public static partial void UsersChanged(ILogger logger, string authFile);

    [LoggerMessage(EventId = 8304, Level = LogLevel.Information, Message = "the setting {Key} was changed to '{Value}' by SET")]
    public static partial void SettingChanged(ILogger logger, string key, string value);

    [LoggerMessage(EventId = 8305, Level = LogLevel.Warning, Message = "{Remark}")]
    public static partial void Remark(ILogger logger, string remark);
}
