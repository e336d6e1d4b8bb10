namespace Router.Cluster;

/// <summary>The <c>config</c> key: the whole document, kept as it is, and the settings that decisions need.</summary>
/// <param name="Json">The document, unknown keys included.</param>
/// <param name="Settings">Its settings, adjusted.</param>
/// <param name="Warnings">One sentence for each value that was adjusted or not understood.</param>
public sealed record ClusterConfig(string Json, HaSettings Settings, EquatableList<string> Warnings);
