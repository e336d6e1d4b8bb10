namespace Router.Configuration;

/// <summary>The section <c>log</c>. Lines go to standard error, where the service manager keeps them.</summary>
internal sealed record LogConfiguration
{
    public static readonly LogConfiguration Default = new();

    public LogLevel Level { get; init; } = LogLevel.Information;

    public LogFormat Format { get; init; }
}
