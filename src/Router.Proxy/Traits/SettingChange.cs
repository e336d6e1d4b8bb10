namespace Router.Proxy.Traits;

/// <summary>A setting of a session that is to have another value.</summary>
/// <param name="Value">Null: the one that the connection was started with.</param>
internal readonly record struct SettingChange(string Name, string? Value);
