using System.Globalization;
using System.Net;
using Router.Cluster;

namespace Router.Configuration;

/// <summary>Reads <c>host:port</c>, <c>[v6]:port</c> and, where a port may be left out, <c>host</c>.</summary>
internal static class HostAndPort
{
    public static MemberAddress? Parse(string text, int? defaultPort)
    {
        text = text.Trim();
        var colon = text.LastIndexOf(':');
        var isBareV6 = text.AsSpan().Count(':') > 1 && !text.Contains("]:", StringComparison.Ordinal);
        if (colon < 0 || isBareV6 || text.EndsWith(']'))
        {
            return defaultPort is { } port && Host(text) is { } alone ? new MemberAddress(alone, port) : null;
        }

        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= ushort.MaxValue
            && Host(text[..colon]) is { } host
                ? new MemberAddress(host, number)
                : null;
    }

    /// <summary>An address to listen at: a number of an interface, or <c>*</c> for all.</summary>
    public static IPEndPoint? Listen(MemberAddress address) => address.Host switch
    {
        "*" or "0.0.0.0" => new IPEndPoint(IPAddress.Any, address.Port),
        "localhost" => new IPEndPoint(IPAddress.Loopback, address.Port),
        var host => IPAddress.TryParse(host, out var number) ? new IPEndPoint(number, address.Port) : null,
    };

    private static string? Host(string text)
    {
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            text = text[1..^1];
        }

        return text.Length > 0 && !text.Any(char.IsWhiteSpace) && !text.Contains('/', StringComparison.Ordinal)
            ? text
            : null;
    }
}
