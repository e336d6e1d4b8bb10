using Router.Proxy.Pooling;

namespace Router.Proxy.Traits;

/// <summary>
/// The settings that a session has changed, without those that PostgreSQL reports and <see cref="TrackedParameters"/> has.
/// Immutable.
/// </summary>
internal sealed class SessionSettings
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    private SessionSettings()
    {
    }

    /// <summary>All as the connection was started.</summary>
    public static SessionSettings None { get; } = new();

    public IEnumerable<KeyValuePair<string, string>> All => _values;

    public static SessionSettings Of(IEnumerable<KeyValuePair<string, string>> values)
    {
        var settings = new SessionSettings();
        foreach (var (name, value) in values)
        {
            if (!TrackedParameters.Contains(name))
            {
                settings._values[name] = value;
            }
        }

        return settings._values.Count == 0 ? None : settings;
    }

    /// <summary>What is to be set on a connection that has <paramref name="present"/>, so that it has these.</summary>
    public List<SettingChange> ChangesFrom(SessionSettings present)
    {
        var changes = new List<SettingChange>();
        foreach (var name in present._values.Keys)
        {
            if (!_values.ContainsKey(name))
            {
                changes.Add(new SettingChange(name, null));
            }
        }

        foreach (var (name, value) in _values)
        {
            if (!present._values.TryGetValue(name, out var there) || there != value)
            {
                changes.Add(new SettingChange(name, value));
            }
        }

        return changes;
    }

    public bool Equals(SessionSettings other) => _values.SequenceEqual(other._values);
}
