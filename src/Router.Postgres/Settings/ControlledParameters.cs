using System.Globalization;
using Router.Postgres.Options;

namespace Router.Postgres.Settings;

/// <summary>
/// The parameters that must be alike on every member (configuration.md 5): taken from the cluster's configuration
/// alone, checked, and given on the postmaster's command line, where ALTER SYSTEM cannot reach them.
/// </summary>
internal static class ControlledParameters
{
    private static readonly Rule[] Rules =
    [
        new("max_connections", "100", Minimum: 25),
        new("max_locks_per_transaction", "64", Minimum: 32),
        new("max_worker_processes", "8", Minimum: 2),
        new("max_prepared_transactions", "0", Minimum: 0),
        new("max_wal_senders", "10", Minimum: 3),
        new("max_replication_slots", "10", Minimum: 4),
        new("wal_level", "replica", Choices: ["hot_standby", "replica", "logical"]),
        new("track_commit_timestamp", "off", Choices: ["on", "off"]),
        new("wal_log_hints", "on", Choices: ["on", "off"]),
        new("hot_standby", "on", Choices: ["on"]),
    ];

    /// <summary>Parameters that neither configuration may set: they come from listen, scope and the directory.</summary>
    public static readonly IReadOnlySet<string> Reserved = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "listen_addresses", "port", "cluster_name", "data_directory", "config_file", "external_pid_file",
    };

    /// <summary>Recovery is the agent's: these are written only where the instance is a standby.</summary>
    public static readonly IReadOnlySet<string> Recovery = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "primary_conninfo", "primary_slot_name", "promote_trigger_file", "recovery_target", "recovery_target_action",
        "recovery_target_inclusive", "recovery_target_lsn", "recovery_target_name", "recovery_target_time",
        "recovery_target_timeline", "recovery_target_xid", "restore_command", "archive_cleanup_command",
        "recovery_end_command", "recovery_min_apply_delay",
    };

    /// <summary>What a standby may not have less of than its primary had (pg_controldata's name beside ours).</summary>
    public static readonly IReadOnlyDictionary<string, string> StandbyMinimums =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["max_connections"] = "max_connections setting",
            ["max_worker_processes"] = "max_worker_processes setting",
            ["max_wal_senders"] = "max_wal_senders setting",
            ["max_prepared_transactions"] = "max_prepared_xacts setting",
            ["max_locks_per_transaction"] = "max_locks_per_xact setting",
        };

    public static bool IsControlled(string name) =>
        Rules.Any(rule => rule.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every controlled parameter, from the cluster's value where it is sound, else from its default.</summary>
    public static List<PostgresSetting> Choose(IReadOnlyDictionary<string, string> cluster, List<string> warnings)
    {
        var chosen = new List<PostgresSetting>();
        foreach (var rule in Rules)
        {
            var value = cluster.TryGetValue(rule.Name, out var wanted) ? rule.Normalize(wanted) : rule.Default;
            if (value is null)
            {
                warnings.Add($"postgresql.parameters.{rule.Name}: {wanted} is not allowed; {rule.Default} is used.");
            }

            chosen.Add(new PostgresSetting(rule.Name, value ?? rule.Default));
        }

        return chosen;
    }

    private sealed record Rule(string Name, string Default, int? Minimum = null, string[]? Choices = null)
    {
        /// <summary>The value as pg_settings shows it; null where the rule refuses it.</summary>
        public string? Normalize(string value)
        {
            if (Minimum is { } minimum)
            {
                return int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= minimum
                    ? number.ToString(CultureInfo.InvariantCulture)
                    : null;
            }

            var text = value.Trim().ToLowerInvariant() switch
            {
                "true" or "yes" or "1" => "on",
                "false" or "no" or "0" => "off",
                var other => other,
            };
            return !Choices!.Contains(text) ? null : text == "hot_standby" ? "replica" : text;
        }
    }
}
