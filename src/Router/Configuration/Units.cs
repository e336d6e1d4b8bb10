using System.Globalization;
using System.Text.RegularExpressions;

namespace Router.Configuration;

/// <summary>PostgreSQL's units of time and size: a number, then us, ms, s, min, h, d or B, kB, MB, GB, TB.</summary>
internal static partial class Units
{
    /// <summary>A bare number counts seconds.</summary>
    public static TimeSpan? Duration(string text)
    {
        if (Split(text) is not (var amount, var unit))
        {
            return null;
        }

        double? seconds = unit switch
        {
            "us" => amount / 1_000_000,
            "ms" => amount / 1_000,
            "" or "s" => amount,
            "min" => amount * 60,
            "h" => amount * 3_600,
            "d" => amount * 86_400,
            _ => null,
        };
        return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds.Value) : null;
    }

    /// <summary>A bare number counts bytes; what is left of a byte is rounded.</summary>
    public static long? SizeBytes(string text)
    {
        if (Split(text) is not (var amount, var unit))
        {
            return null;
        }

        double? factor = unit switch
        {
            "" or "B" => 1,
            "kB" => 1L << 10,
            "MB" => 1L << 20,
            "GB" => 1L << 30,
            "TB" => 1L << 40,
            _ => null,
        };
        var bytes = amount * factor;
        return bytes < long.MaxValue ? (long)Math.Round(bytes.Value) : null;
    }

    private static (double Amount, string Unit)? Split(string text)
    {
        var match = Quantity().Match(text);
        return match.Success
            && double.TryParse(
                match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? (amount, match.Groups[2].Value)
            : null;
    }

    [GeneratedRegex(@"^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$")]
    private static partial Regex Quantity();
}
