using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Router.Dcs.Codecs;

/// <summary>
/// Writes JSON byte for byte as Patroni does: no blanks, names in the order given, everything beyond printable ASCII
/// escaped. A value that reads the same must be the same text, or each agent of a mixed cluster rewrites the other's.
/// </summary>
internal sealed class CompactJson
{
    private readonly StringBuilder _text = new();
    private bool _needsComma;

    public CompactJson BeginObject() => Open('{');

    public CompactJson EndObject() => Close('}');

    public CompactJson BeginArray() => Open('[');

    public CompactJson EndArray() => Close(']');

    public CompactJson Name(string name)
    {
        Separate();
        Quote(name);
        _ = _text.Append(':');
        _needsComma = false;
        return this;
    }

    public CompactJson Text(string? value)
    {
        if (value is null)
        {
            return Raw("null");
        }

        Separate();
        Quote(value);
        return this;
    }

    public CompactJson Number(long value) => Raw(value.ToString(CultureInfo.InvariantCulture));

    public CompactJson Boolean(bool value) => Raw(value ? "true" : "false");

    /// <summary>Appends text that is JSON already.</summary>
    public CompactJson Raw(string json)
    {
        Separate();
        _ = _text.Append(json);
        return this;
    }

    public CompactJson Copy(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                _ = BeginObject();
                foreach (var property in element.EnumerateObject())
                {
                    _ = Name(property.Name).Copy(property.Value);
                }

                return EndObject();
            case JsonValueKind.Array:
                _ = BeginArray();
                foreach (var item in element.EnumerateArray())
                {
                    _ = Copy(item);
                }

                return EndArray();
            case JsonValueKind.String:
                return Text(element.GetString());
            default:
                return Raw(element.GetRawText());
        }
    }

    public static string TextOf(JsonElement element) => new CompactJson().Copy(element).ToString();

    public override string ToString() => _text.ToString();

    private CompactJson Open(char bracket)
    {
        Separate();
        _ = _text.Append(bracket);
        _needsComma = false;
        return this;
    }

    private CompactJson Close(char bracket)
    {
        _ = _text.Append(bracket);
        _needsComma = true;
        return this;
    }

    private void Separate()
    {
        if (_needsComma)
        {
            _ = _text.Append(',');
        }

        _needsComma = true;
    }

    private void Quote(string value)
    {
        _ = _text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                >= ' ' and <= '~' => _text.Append(character),
                _ => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
            };
        }

        _ = _text.Append('"');
    }
}
