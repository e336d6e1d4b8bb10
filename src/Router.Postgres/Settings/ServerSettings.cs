using Router.Cluster;
using Router.Postgres.Options;

namespace Router.Postgres.Settings;

/// <summary>
/// What the server is to run with: the cluster's configuration and the member's own merged, the member's winning but
/// for the controlled parameters.
/// </summary>
/// <param name="CommandLine">For the postmaster's command line.</param>
/// <param name="File">For postgresql.conf, sorted by name; without the recovery parameters.</param>
/// <param name="RecoveryConf">For postgresql.conf of a standby.</param>
/// <param name="HbaLines">pg_hba.conf; null: the file stays as it is.</param>
/// <param name="IdentLines">pg_ident.conf; null: the file stays as it is.</param>
/// <param name="IsSynchronous">The agent sets synchronous_standby_names.</param>
/// <param name="Warnings">One sentence for each value that was refused.</param>
internal sealed record ServerSettings(
    EquatableList<PostgresSetting> CommandLine,
    EquatableList<PostgresSetting> File,
    EquatableList<PostgresSetting> RecoveryConf,
    EquatableList<string>? HbaLines,
    EquatableList<string>? IdentLines,
    bool IsSynchronous,
    EquatableList<string> Warnings)
{
    private const string RetainedWal = "wal_keep_size";

    public static ServerSettings Merge(PostgresOptions local, ClusterParameters cluster)
    {
        var warnings = new List<string>();
        return new ServerSettings(
            MergeCommandLine(local, cluster, warnings).ToEquatableList(),
            MergeFile(local, cluster, warnings).ToEquatableList(),
            MergeRecovery(local, cluster).ToEquatableList(),
            local.HbaLines ?? cluster.HbaLines,
            local.IdentLines ?? cluster.IdentLines,
            cluster.IsSynchronous,
            warnings.ToEquatableList());
    }

    /// <summary>
    /// The command line of a standby: a standby that has less of these than its primary had refuses to start, so the
    /// larger of configuration and pg_controldata counts.
    /// </summary>
    public EquatableList<PostgresSetting> StandbyCommandLine(IReadOnlyDictionary<string, int> minimums) =>
        CommandLine.Select(setting =>
            minimums.TryGetValue(setting.Name, out var minimum) && int.Parse(setting.Value, null) < minimum
                ? setting with { Value = minimum.ToString(System.Globalization.CultureInfo.InvariantCulture) }
                : setting).ToEquatableList();

    private static List<PostgresSetting> MergeCommandLine(
        PostgresOptions local, ClusterParameters cluster, List<string> warnings)
    {
        var settings = new List<PostgresSetting>
        {
            new("listen_addresses", string.Join(',', local.ListenAddresses)),
            new("port", local.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("cluster_name", local.Scope),
        };
        settings.AddRange(ControlledParameters.Choose(cluster.Parameters, warnings));
        return settings;
    }

    private static IEnumerable<PostgresSetting> MergeFile(
        PostgresOptions local, ClusterParameters cluster, List<string> warnings)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [RetainedWal] = "128MB" };
        foreach (var (name, value) in cluster.Parameters)
        {
            merged[name.ToLowerInvariant()] = value;
        }

        foreach (var setting in local.Parameters)
        {
            merged[setting.Name.ToLowerInvariant()] = setting.Value;
        }

        foreach (var name in merged.Keys.ToArray())
        {
            if (!IsFree(name, local, warnings))
            {
                merged.Remove(name);
            }
        }

        return merged.Select(pair => new PostgresSetting(pair.Key, pair.Value));
    }

    private static bool IsFree(string name, PostgresOptions local, List<string> warnings)
    {
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
        {
            warnings.Add($"postgresql.parameters: \"{name}\" is no name of a parameter; it is left out.");
            return false;
        }

        if (ControlledParameters.Reserved.Contains(name) || ControlledParameters.Recovery.Contains(name))
        {
            warnings.Add($"postgresql.parameters.{name} is set by the agent; the value given is left out.");
            return false;
        }

        if (ControlledParameters.IsControlled(name))
        {
            if (local.Parameters.Any(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                warnings.Add($"postgresql.parameters.{name} is the cluster's to set; the local value is left out.");
            }

            return false;
        }

        return true;
    }

    private static IEnumerable<PostgresSetting> MergeRecovery(PostgresOptions local, ClusterParameters cluster)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in cluster.RecoveryConf)
        {
            merged[name] = value;
        }

        foreach (var setting in local.RecoveryConf)
        {
            merged[setting.Name] = setting.Value;
        }

        return merged
            .Where(pair => ControlledParameters.Recovery.Contains(pair.Key))
            .Where(pair => !pair.Key.StartsWith("recovery_target", StringComparison.OrdinalIgnoreCase)
                && !pair.Key.StartsWith("primary_", StringComparison.OrdinalIgnoreCase))
            .Select(pair => new PostgresSetting(pair.Key.ToLowerInvariant(), pair.Value));
    }
}
