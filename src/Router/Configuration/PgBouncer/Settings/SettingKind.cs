namespace Router.Configuration.PgBouncer.Settings;

/// <summary>How the values of a setting are written.</summary>
/// <param name="Read">The value that a text means; none where it does not fit.</param>
/// <param name="Show">How PgBouncer prints it.</param>
/// <param name="Advice">What to write, as the end of a sentence.</param>
internal sealed record SettingKind<T>(Func<string, (bool Fits, T Value)> Read, Func<T, string> Show, string Advice);
