using System.Collections;

namespace Router.Postgres.Tools;

/// <summary>
/// The environment that PostgreSQL and its programs get: ours, without our settings, without what would redirect libpq,
/// and without the service manager's socket, on which PostgreSQL would report itself ready in our name.
/// </summary>
internal static class ChildEnvironment
{
    private static readonly string[] Removed =
    [
        "PATRONI_", "ROUTER_", "PG", "NOTIFY_SOCKET", "WATCHDOG_", "LISTEN_FDS", "LISTEN_PID", "DOTNET_", "COMPlus_",
    ];

    public static Dictionary<string, string> Build()
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!Removed.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                kept[name] = (string?)variable.Value ?? "";
            }
        }

        return kept;
    }
}
