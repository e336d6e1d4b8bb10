using System.Globalization;
using System.Text.Json;

namespace Router.Dcs.Codecs;

/// <summary>Reads JSON that somebody else wrote: nothing here throws on bad input.</summary>
internal static class JsonReading
{
    /// <summary>The root of the text, detached from its document; null where it is no JSON.</summary>
    public static JsonElement? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonElement? TryParseObject(string text) =>
        TryParse(text) is { ValueKind: JsonValueKind.Object } root ? root : null;

    /// <summary>A property that is there and is not null.</summary>
    public static bool TryGet(this JsonElement element, string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text that is not empty; null for every other kind of value.</summary>
    public static string? TextOrNull(this JsonElement element, string name) =>
        element.TryGet(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            && text.Length > 0
            ? text
            : null;

    /// <summary>An integer, also one that was written as text.</summary>
    public static bool TryInteger(this JsonElement element, out long number)
    {
        number = 0;
        return element.ValueKind switch
        {
            JsonValueKind.Number => element.TryGetInt64(out number),
            JsonValueKind.String => long.TryParse(
                element.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }

    public static long? IntegerOrNull(this JsonElement element, string name) =>
        element.TryGet(name, out var value) && value.TryInteger(out var number) ? number : null;

    /// <summary>True as JSON or as one of Patroni's words for it.</summary>
    public static bool IsTrue(this JsonElement element, string name) =>
        element.TryGet(name, out var value) && SettingText.TryBoolean(value) is true;
}
