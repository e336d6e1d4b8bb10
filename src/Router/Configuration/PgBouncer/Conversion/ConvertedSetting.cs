using Router.Configuration.PgBouncer.Settings;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>A setting that has a place in a <c>router.yml</c>.</summary>
/// <param name="Setting">What it comes from.</param>
/// <param name="Key">What it is called there.</param>
/// <param name="ValueOf">Its value in YAML, and what to say of it where it is not the one that was written.</param>
internal sealed record ConvertedSetting(
    Setting Setting, string Key, Func<SettingValues, (string Yaml, string? Remark)> ValueOf);
