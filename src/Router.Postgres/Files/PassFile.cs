using System.Globalization;
using Router.Cluster;
using Router.Postgres.Options;

namespace Router.Postgres.Files;

/// <summary>libpq's password file: the one place where a password of ours lies on disk.</summary>
internal static class PassFile
{
    /// <summary>
    /// One line for each user that has a password, for this server and any database; for a unix socket libpq compares
    /// with <c>localhost</c> where the directory is its default one.
    /// </summary>
    public static string Write(MemberAddress address, params ReadOnlySpan<PostgresCredentials> users)
    {
        var lines = new List<string>();
        foreach (var user in users)
        {
            if (user.Password is { } password)
            {
                var host = address.Host.StartsWith('/') ? "*" : Escape(address.Host);
                var port = address.Port.ToString(CultureInfo.InvariantCulture);
                lines.Add($"{host}:{port}:*:{Escape(user.UserName)}:{Escape(password)}\n");
            }
        }

        return string.Concat(lines.Distinct(StringComparer.Ordinal));
    }

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(":", @"\:", StringComparison.Ordinal);
}
