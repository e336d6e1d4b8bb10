using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Ini;

namespace Router.Configuration.PgBouncer.Settings;

/// <summary>The values of all settings: what was written, and the defaults of the rest.</summary>
internal sealed class SettingValues
{
    public static readonly SettingValues Default =
        new(ImmutableDictionary<Setting, (object, IniEntry)>.Empty);

    private readonly ImmutableDictionary<Setting, (object Value, IniEntry Entry)> _written;

    private SettingValues(ImmutableDictionary<Setting, (object Value, IniEntry Entry)> written) => _written = written;

    public T Of<T>(Setting<T> setting)
        where T : notnull => _written.TryGetValue(setting, out var written) ? (T)written.Value : setting.DefaultValue;

    /// <summary>Where and as what it was written; null: the default holds.</summary>
    public IniEntry? Written(Setting setting) =>
        _written.TryGetValue(setting, out var written) ? written.Entry : null;

    /// <summary>As SHOW CONFIG prints it; null: unset.</summary>
    public string? Show(Setting setting) =>
        _written.TryGetValue(setting, out var written) ? setting.Show(written.Value) : setting.ShowDefault();

    /// <summary>The same with one more written value, which is one that <see cref="Setting.Read"/> gave.</summary>
    public SettingValues With(Setting setting, object value, IniEntry entry) =>
        new(_written.SetItem(setting, (value, entry)));

    /// <summary>The same with the value that another has of this setting.</summary>
    public SettingValues WithThatOf(Setting setting, SettingValues other) =>
        new(other._written.TryGetValue(setting, out var written) ? _written.SetItem(setting, written) : _written.Remove(setting));

    /// <summary>The same without what was written of all settings that have a default.</summary>
    public SettingValues WithDefaults() =>
        new(_written.RemoveRange(_written.Keys.Where(setting => setting.Default is not null)));
}
