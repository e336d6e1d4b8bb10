using System.Collections.Immutable;
using Router.Cluster;
using Router.Configuration.Yaml;
using Router.Postgres.Options;

namespace Router.Configuration.Agent;

/// <summary>
/// Options of initdb, pg_basebackup and pg_rewind, in each form that Patroni takes: a flag, <c>name: value</c>, or a
/// mapping of them. Those that the agent sets itself are refused.
/// </summary>
internal static class ToolOptionList
{
    public static readonly ImmutableArray<string> InitDbRefused = ["pgdata", "nosync", "pwfile", "sync-only", "version"];

    public static readonly ImmutableArray<string> BaseBackupRefused =
    [
        "pgdata", "format", "wal-method", "xlog-method", "gzip", "version", "compress", "dbname", "host", "port",
        "username", "password",
    ];

    public static readonly ImmutableArray<string> RewindRefused =
    [
        "target-pgdata", "source-pgdata", "source-server", "write-recovery-conf", "dry-run", "restore-target-wal",
        "config-file", "no-ensure-shutdown", "version", "help",
    ];

    public static EquatableList<ToolOption> Read(
        Section section, string key, ImmutableArray<string> refused, Findings findings)
    {
        var options = new List<ToolOption>();
        foreach (var (at, option) in Options(section, section.Node(key), key, findings))
        {
            if (refused.Contains(option.Name))
            {
                findings.Error(at, section.PathOf(key), $"'{option.Name}' is set by the agent; remove it");
            }
            else
            {
                options.Add(option);
            }
        }

        return options.ToEquatableList();
    }

    private static IEnumerable<(SourcePosition At, ToolOption Option)> Options(
        Section section, YamlNode? node, string key, Findings findings)
    {
        switch (node)
        {
            case null:
                return [];
            case YamlScalar flag:
                return [(flag.At, new ToolOption(flag.Text.TrimStart('-')))];
            case YamlSequence list:
                return list.Items.SelectMany(item => Options(section, item, key, findings));
            case YamlMapping pairs when pairs.Entries.All(entry => entry.Value is YamlScalar):
                return pairs.Entries.Select(entry => (entry.At, Pair(entry.Key, (YamlScalar)entry.Value)));
            default:
                findings.Error(node.At, section.PathOf(key), "expected flags and 'name: value' lines");
                return [];
        }
    }

    private static ToolOption Pair(string name, YamlScalar value) =>
        value.IsNull || YamlTypes.AsBoolean(value) is true
            ? new ToolOption(name)
            : new ToolOption(name, value.Text);
}
