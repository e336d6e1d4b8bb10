using System.Buffers;
using System.Globalization;

namespace Router.Agent.Api;

/// <summary>Numbers with PostgreSQL's units, as the query parameter <c>lag</c> and a restart's <c>timeout</c> have them.</summary>
internal static class Quantity
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.+-");

    public static long? ParseBytes(string? text) => Parse(text, unit => unit switch
    {
        "" or "B" => 1,
        "kB" => 1L << 10,
        "MB" => 1L << 20,
        "GB" => 1L << 30,
        "TB" => 1L << 40,
        _ => null,
    });

    public static long? ParseSeconds(string? text) => Parse(text, unit => unit switch
    {
        "" or "s" => 1m,
        "ms" => 0.001m,
        "min" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => null,
    });

    private static long? Parse(string? text, Func<string, decimal?> factorOf)
    {
        var trimmed = (text ?? "").Trim();
        var end = trimmed.AsSpan().IndexOfAnyExcept(NumberCharacters);
        var number = end < 0 ? trimmed : trimmed[..end];
        var unit = end < 0 ? "" : trimmed[end..].Trim();
        if (factorOf(unit) is not { } factor
            || !decimal.TryParse(
                number,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var value)
            || Math.Abs(value) > long.MaxValue / factor)
        {
            return null;
        }

        return (long)Math.Round(value * factor, MidpointRounding.ToEven);
    }
}
