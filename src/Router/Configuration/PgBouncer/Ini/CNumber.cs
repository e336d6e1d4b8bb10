using System.Globalization;
using System.Text.RegularExpressions;

namespace Router.Configuration.PgBouncer.Ini;

/// <summary>Numbers as the functions of C read them that PgBouncer calls.</summary>
internal static partial class CNumber
{
    /// <summary>All of a text, by strtol: decimal, 0octal or 0xhex, with a sign. Null where anything else is in it.</summary>
    public static long? Integer(string text)
    {
        if (Notation().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var (digits, radix) = match.Groups["digits"].Value switch
        {
            ['0', 'x' or 'X', .. var hex] => (hex, 16),
            ['0', .. var octal] when octal.Length > 0 => (octal, 8),
            var plain => (plain, 10),
        };
        try
        {
            var number = Convert.ToInt64(digits, radix);
            return number < 0 ? null : match.Groups["sign"].Value == "-" ? -number : number;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>
    /// All of a text, by strtod, as seconds: fractions, powers of ten and 0xhex; not negative. A time without end, which
    /// strtod takes too, does not fit.
    /// </summary>
    public static TimeSpan? Seconds(string text) =>
        Real(text) is { } seconds && seconds >= 0 && seconds < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))
            : null;

    /// <summary>By atoi: the decimal number that a text begins with, zero where it begins with none.</summary>
    public static int Leading(string text) => Beginning().Match(text) is { Success: true } match
        ? (int)long.Clamp(
            long.TryParse(match.ValueSpan, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                ? number
                : long.MaxValue,
            int.MinValue,
            int.MaxValue)
        : 0;

    private static double? Real(string text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Integer(text)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    [GeneratedRegex(@"^\s*(?<sign>[+-]?)(?<digits>0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$")]
    private static partial Regex Notation();

    [GeneratedRegex(@"^\s*[+-]?[0-9]+")]
    private static partial Regex Beginning();
}
