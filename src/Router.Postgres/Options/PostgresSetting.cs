namespace Router.Postgres.Options;

/// <summary>A name and its value, as patroni.yml writes them: a server parameter or another pair of texts.</summary>
/// <param name="Name">Compared without regard to case.</param>
/// <param name="Value">The YAML scalar's text; booleans as <c>on</c> and <c>off</c>.</param>
public sealed record PostgresSetting(string Name, string Value);
