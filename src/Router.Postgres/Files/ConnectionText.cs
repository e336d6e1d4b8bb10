using System.Globalization;
using System.Text;
using Router.Cluster;
using Router.Postgres.Options;

namespace Router.Postgres.Files;

/// <summary>libpq's <c>key=value</c> connection strings, never with a password in them.</summary>
internal static class ConnectionText
{
    public static string Write(
        MemberAddress address, PostgresCredentials user, string passFile, string database, string applicationName)
    {
        var text = new StringBuilder();
        Append(text, "user", user.UserName);
        Append(text, "passfile", passFile);
        Append(text, "host", address.Host);
        Append(text, "port", address.Port.ToString(CultureInfo.InvariantCulture));
        Append(text, "dbname", database);
        Append(text, "application_name", applicationName);
        Append(text, "sslmode", user.SslMode ?? "prefer");
        Append(text, "sslcert", user.SslCertificate);
        Append(text, "sslkey", user.SslKey);
        Append(text, "sslrootcert", user.SslRootCertificate);
        Append(text, "sslcrl", user.SslRevocationList);
        Append(text, "sslcrldir", user.SslRevocationDirectory);
        Append(text, "gssencmode", user.GssEncryptionMode);
        Append(text, "channel_binding", user.ChannelBinding);
        return text.ToString();
    }

    /// <summary>The pairs of a connection string; what does not parse ends it.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (ReadPair(text, ref at) is var (key, value))
        {
            pairs[key] = value;
        }

        return pairs;
    }

    private static void Append(StringBuilder text, string key, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (text.Length > 0)
        {
            text.Append(' ');
        }

        var isPlain = value.Length > 0 && value.AsSpan().IndexOfAny(@" '\") < 0;
        text.Append(key).Append('=').Append(isPlain ? value : Quote(value));
    }

    private static string Quote(string value) =>
        $"'{value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    private static (string Key, string Value)? ReadPair(string text, ref int at)
    {
        var equals = text.IndexOf('=', at);
        if (equals < 0)
        {
            return null;
        }

        var key = text[at..equals].Trim();
        at = equals + 1;
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        return (key, ReadValue(text, ref at));
    }

    private static string ReadValue(string text, ref int at)
    {
        var isQuoted = at < text.Length && text[at] == '\'';
        var value = new StringBuilder();
        at += isQuoted ? 1 : 0;
        for (; at < text.Length; at++)
        {
            if (text[at] == (isQuoted ? '\'' : ' '))
            {
                at++;
                break;
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }

        return value.ToString();
    }
}
