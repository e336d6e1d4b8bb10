namespace Router.Dcs;

/// <summary>A PostgreSQL parameter whose new value waits for a restart.</summary>
public sealed record PendingRestartReason(string Parameter, string OldValue, string NewValue);
