using System.Globalization;
using System.Text.Json;

namespace Router.Dcs.Codecs;

/// <summary>Booleans and numbers with units as Patroni accepts them in its settings.</summary>
internal static class SettingText
{
    /// <summary><c>on/off/true/false/yes/no/1/0</c>, as JSON, text or number; null for anything else.</summary>
    public static bool? TryBoolean(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => TryBoolean(value.GetString()!),
        JsonValueKind.Number => TryBoolean(value.GetRawText()),
        _ => null,
    };

    /// <summary>A whole number in <paramref name="unit"/>: plain, as text, or with a unit of the same kind.</summary>
    public static long? TryInteger(JsonElement value, SettingUnit unit) => value.ValueKind switch
    {
        JsonValueKind.Number => Round(value.GetRawText()),
        JsonValueKind.String => TryInteger(value.GetString()!, unit),
        _ => null,
    };

    private static bool? TryBoolean(string text) => text.Trim().ToUpperInvariant() switch
    {
        "ON" or "TRUE" or "YES" or "1" => true,
        "OFF" or "FALSE" or "NO" or "0" => false,
        _ => null,
    };

    private static long? TryInteger(string text, SettingUnit unit)
    {
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.LastIndexOfAnyInRange('0', '9') + 1;
        var suffix = trimmed[end..].Trim().ToString();
        if (end == 0 || Factor(suffix, unit) is not { } factor)
        {
            return null;
        }

        return decimal.TryParse(trimmed[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Round(number, factor)
            : null;
    }

    private static long? Round(string raw) =>
        decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Round(number, factor: 1)
            : null;

    private static long? Round(decimal number, decimal factor)
    {
        // Bounds before the multiplication, so that it cannot overflow.
        if (Math.Abs(number) > 1_000_000_000_000_000m)
        {
            return null;
        }

        var product = Math.Round(number * factor, MidpointRounding.ToEven);
        return Math.Abs(product) <= long.MaxValue ? (long)product : null;
    }

    private static decimal? Factor(string suffix, SettingUnit unit) => (unit, suffix) switch
    {
        (_, "") => 1m,
        (SettingUnit.Seconds, "ms") => 0.001m,
        (SettingUnit.Seconds, "s") => 1m,
        (SettingUnit.Seconds, "min") => 60m,
        (SettingUnit.Seconds, "h") => 3600m,
        (SettingUnit.Seconds, "d") => 86400m,
        (SettingUnit.Bytes, "B") => 1m,
        (SettingUnit.Bytes, "kB") => 1024m,
        (SettingUnit.Bytes, "MB") => 1024m * 1024,
        (SettingUnit.Bytes, "GB") => 1024m * 1024 * 1024,
        (SettingUnit.Bytes, "TB") => 1024m * 1024 * 1024 * 1024,
        _ => null,
    };
}
