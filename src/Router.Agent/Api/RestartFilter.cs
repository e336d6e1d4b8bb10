namespace Router.Agent.Api;

/// <summary>When a restart that was asked for takes place; what is null matches always.</summary>
/// <param name="Role"><c>primary</c>, <c>standby_leader</c> or <c>replica</c>; the member's role must equal it.</param>
/// <param name="PostgresVersion">As in <c>15.4</c>; the running server must be older.</param>
/// <param name="IsPendingOnly">Only where a setting waits for a restart.</param>
/// <param name="Timeout">How long the start may take; null: primary_start_timeout.</param>
public sealed record RestartFilter(
    string? Role = null,
    string? PostgresVersion = null,
    bool IsPendingOnly = false,
    TimeSpan? Timeout = null);
