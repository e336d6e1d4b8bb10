namespace Router.Configuration;

/// <summary>What becomes of a configuration that was read again.</summary>
/// <param name="Effective">The new one, with the values in force where only a restart changes them.</param>
/// <param name="NeedsRestart">The settings that stay as they are until then.</param>
internal sealed record ReloadPlan<TConfiguration>(TConfiguration Effective, IReadOnlyList<string> NeedsRestart);
