using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Router.Configuration.Yaml;

/// <summary>What plain scalars mean in YAML 1.1 as Patroni reads it: <c>on</c> and <c>yes</c> are booleans.</summary>
internal static partial class YamlTypes
{
    public static bool? AsBoolean(YamlScalar scalar) => scalar.IsPlain ? scalar.Text switch
    {
        "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
        "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
        _ => null,
    } : null;

    public static long? AsInteger(YamlScalar scalar)
    {
        if (!scalar.IsPlain || !Integer().IsMatch(scalar.Text))
        {
            return null;
        }

        var digits = scalar.Text.Replace("_", "", StringComparison.Ordinal);
        var isNegative = digits[0] == '-';
        digits = digits.TrimStart('+', '-');
        try
        {
            var magnitude = digits switch
            {
                ['0', 'x', .. var hex] => Convert.ToInt64(hex, 16),
                ['0', 'b', .. var binary] => Convert.ToInt64(binary, 2),
                ['0', _, ..] => Convert.ToInt64(digits, 8),
                _ => long.Parse(digits, CultureInfo.InvariantCulture),
            };
            return isNegative ? -magnitude : magnitude;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    public static double? AsReal(YamlScalar scalar) =>
        scalar.IsPlain && Real().IsMatch(scalar.Text)
            ? double.Parse(scalar.Text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
            : null;

    /// <summary>The document that Patroni would store for this value.</summary>
    public static string ToJson(YamlNode node)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, node);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                json.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            case YamlSequence sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case YamlScalar scalar:
                WriteScalar(json, scalar);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, YamlScalar scalar)
    {
        if (scalar.IsNull)
        {
            json.WriteNullValue();
        }
        else if (AsBoolean(scalar) is { } flag)
        {
            json.WriteBooleanValue(flag);
        }
        else if (AsInteger(scalar) is { } integer)
        {
            json.WriteNumberValue(integer);
        }
        else if (AsReal(scalar) is { } real)
        {
            json.WriteNumberValue(real);
        }
        else
        {
            json.WriteStringValue(scalar.Text);
        }
    }

    [GeneratedRegex(@"^[-+]?(0b[01_]+|0[0-7_]*|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$")]
    private static partial Regex Integer();

    // A number without a point is an integer or, as 1e3, text; so says YAML 1.1 as PyYAML reads it.
    [GeneratedRegex(@"^[-+]?([0-9][0-9_]*)?\.[0-9_]+([eE][-+][0-9]+)?$|^[-+]?[0-9][0-9_]*\.([eE][-+][0-9]+)?$")]
    private static partial Regex Real();
}
