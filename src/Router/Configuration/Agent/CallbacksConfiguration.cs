namespace Router.Configuration.Agent;

/// <summary>The section <c>postgresql.callbacks</c>: a command for each event; null runs nothing.</summary>
internal sealed record CallbacksConfiguration
{
    public string? OnStart { get; init; }

    public string? OnStop { get; init; }

    public string? OnRestart { get; init; }

    public string? OnReload { get; init; }

    public string? OnRoleChange { get; init; }
}
