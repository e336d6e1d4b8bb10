namespace Router.Postgres.Options;

/// <summary>An option of a PostgreSQL program: a flag, or a name with a value.</summary>
/// <param name="Name">Without dashes: <c>data-checksums</c>.</param>
/// <param name="Value">Null for a flag.</param>
public sealed record ToolOption(string Name, string? Value = null)
{
    /// <summary>The long form, <c>--name</c> or <c>--name=value</c>.</summary>
    public override string ToString() => Value is null ? $"--{Name}" : $"--{Name}={Value}";
}
