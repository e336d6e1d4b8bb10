namespace Router.Proxy;

/// <summary>One line of SHOW CONFIG.</summary>
/// <param name="Value">Null: unset.</param>
/// <param name="IsChangeable">A reload or SET changes it; otherwise a restart does.</param>
public sealed record SettingFact(string Key, string? Value, string? Default, bool IsChangeable);
