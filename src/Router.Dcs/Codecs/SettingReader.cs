using System.Globalization;
using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>
/// Reads one object of settings. A value that is missing gives the default; one that cannot be understood gives the
/// default and a warning.
/// </summary>
internal sealed class SettingReader(JsonElement settings, string prefix, List<string> warnings)
{
    public SettingReader Section(string name)
    {
        if (settings.ValueKind == JsonValueKind.Object && settings.TryGet(name, out var section))
        {
            if (section.ValueKind == JsonValueKind.Object)
            {
                return new SettingReader(section, $"{prefix}{name}.", warnings);
            }

            warnings.Add($"{prefix}{name} is not a mapping and was ignored");
        }

        return new SettingReader(default, $"{prefix}{name}.", warnings);
    }

    public bool Boolean(string name, bool otherwise)
    {
        if (!TryGet(name, out var value))
        {
            return otherwise;
        }

        return SettingText.TryBoolean(value) ?? Refuse(name, value, otherwise, otherwise ? "on" : "off");
    }

    /// <param name="name">Patroni's name today.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="unit">What a bare number counts.</param>
    /// <param name="lowest">Smaller values are not understood.</param>
    /// <param name="alias">Its older name; the newer one wins where both are there.</param>
    public long Integer(string name, long otherwise, SettingUnit unit, long lowest = 0, string? alias = null)
    {
        var given = name;
        if (!TryGet(name, out var value))
        {
            if (alias is null || !TryGet(alias, out value))
            {
                return otherwise;
            }

            given = alias;
        }

        return SettingText.TryInteger(value, unit) is { } number && number >= lowest
            ? number
            : Refuse(given, value, otherwise, otherwise.ToString(CultureInfo.InvariantCulture));
    }

    public TimeSpan Seconds(string name, long otherwise, string? alias = null)
    {
        var seconds = Integer(name, otherwise, SettingUnit.Seconds, lowest: 0, alias);
        return TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
    }

    public int Count(string name, int otherwise, int lowest) =>
        (int)Math.Min(Integer(name, otherwise, SettingUnit.Plain, lowest), int.MaxValue);

    public SynchronousMode Mode(string name)
    {
        if (!TryGet(name, out var value))
        {
            return SynchronousMode.Off;
        }

        if (value.ValueKind == JsonValueKind.String
            && string.Equals(value.GetString()!.Trim(), "quorum", StringComparison.OrdinalIgnoreCase))
        {
            return SynchronousMode.Quorum;
        }

        return SettingText.TryBoolean(value) switch
        {
            true => SynchronousMode.On,
            false => SynchronousMode.Off,
            null => Refuse(name, value, SynchronousMode.Off, "off"),
        };
    }

    private bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return settings.ValueKind == JsonValueKind.Object && settings.TryGet(name, out value);
    }

    private T Refuse<T>(string name, JsonElement value, T otherwise, string shown)
    {
        warnings.Add($"{prefix}{name}: {CompactJson.TextOf(value)} is not a valid value; {shown} is used");
        return otherwise;
    }
}
