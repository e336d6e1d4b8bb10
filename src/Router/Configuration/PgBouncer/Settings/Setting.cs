namespace Router.Configuration.PgBouncer.Settings;

/// <summary>One key of the section <c>[pgbouncer]</c>.</summary>
/// <param name="name">As written.</param>
/// <param name="byDefault">As written; null: unset, which is not the same as empty where PgBouncer shows it.</param>
/// <param name="isReloadable">RELOAD and SET change it; otherwise a restart does.</param>
internal abstract class Setting(string name, string? byDefault, bool isReloadable)
{
    public string Name => name;

    public string? Default => byDefault;

    public bool IsReloadable => isReloadable;

    /// <summary>What to write, as the end of a sentence.</summary>
    public abstract string Advice { get; }

    /// <summary>The value that a text means; null where it does not fit.</summary>
    public abstract object? Read(string text);

    /// <summary>A value that <see cref="Read"/> gave, as PgBouncer prints it.</summary>
    public abstract string Show(object value);

    /// <summary>The default as PgBouncer prints it; null: unset.</summary>
    public abstract string? ShowDefault();

    public override string ToString() => name;
}

/// <summary>One whose values are of one type.</summary>
internal sealed class Setting<T>(string name, string? byDefault, SettingKind<T> kind, bool isReloadable)
    : Setting(name, byDefault, isReloadable)
    where T : notnull
{
    /// <summary>An unset one reads as empty.</summary>
    public T DefaultValue { get; } = kind.Read(byDefault ?? "").Value;

    public override string Advice => kind.Advice;

    public override object? Read(string text) => kind.Read(text) is (true, var value) ? value : null;

    public override string Show(object value) => kind.Show((T)value);

    public override string? ShowDefault() => Default is null && DefaultValue is string ? null : kind.Show(DefaultValue);
}
