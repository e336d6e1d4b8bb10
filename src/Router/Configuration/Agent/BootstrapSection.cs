using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Router.Cluster;
using Router.Configuration.Yaml;
using Router.Postgres.Options;

namespace Router.Configuration.Agent;

/// <summary>Reads <c>bootstrap</c>: what happens once, when the first member makes the cluster.</summary>
internal static class BootstrapSection
{
    // Settings that must be alike on every member: they come from the store's document only.
    private static readonly ImmutableHashSet<string> Controlled =
    [
        "max_connections", "max_locks_per_transaction", "max_worker_processes", "max_prepared_transactions",
        "wal_level", "track_commit_timestamp", "wal_log_hints", "max_wal_senders", "max_replication_slots",
        "wal_keep_size", "wal_keep_segments", "hot_standby",
    ];

    /// <summary>
    /// <c>bootstrap.dcs</c> as the JSON document that is stored. Without one, the settings under
    /// <c>postgresql.parameters</c> that only that document may set begin there, so that a short file means what it says.
    /// </summary>
    public static string ReadDcs(Section bootstrap, EquatableList<PostgresSetting> parameters, Findings findings)
    {
        var controlled = parameters.Where(parameter => Controlled.Contains(parameter.Name)).ToList();
        switch (bootstrap.Node("dcs"))
        {
            case null:
                findings.Notice(bootstrap.At, bootstrap.PathOf("dcs"),
                    "is missing; a new cluster starts with the defaults (ttl 30, loop_wait 10, retry_timeout 10)");
                return Seed(controlled);
            case YamlMapping dcs:
                foreach (var parameter in controlled)
                {
                    findings.Notice(dcs.At, $"postgresql.parameters.{parameter.Name}",
                        "is not used; it must be alike on every member and is set in the cluster's configuration");
                }

                return YamlTypes.ToJson(dcs);
            case var other:
                findings.Error(other.At, bootstrap.PathOf("dcs"), "expected a section: its keys on the lines below");
                return "{}";
        }
    }

    public static BootstrapOptions ReadInstance(
        Section bootstrap,
        bool hasLocalHba,
        PostgresCredentials superuser,
        PostgresCredentials replication,
        Findings findings)
    {
        _ = bootstrap.OneOf("method", "initdb", "initdb");
        bootstrap.NotUsed("users", "nor does Patroni since 4.0; create roles in post_bootstrap");
        var (postBootstrap, postInit) = (bootstrap.Text("post_bootstrap"), bootstrap.Text("post_init"));
        var hba = bootstrap.Lines("pg_hba");
        if (hba is null && !hasLocalHba && !DcsHasHba(bootstrap.Node("dcs")))
        {
            hba = DefaultHba(superuser, replication);
            findings.Notice(bootstrap.At, bootstrap.PathOf("pg_hba"),
                "is missing; a new cluster asks every user from every address for a scram-sha-256 password");
        }

        return new BootstrapOptions
        {
            InitDb = ToolOptionList.Read(bootstrap, "initdb", ToolOptionList.InitDbRefused, findings),
            HbaLines = (hba ?? []).ToEquatableList(),
            PostBootstrap = postBootstrap ?? postInit,
        };
    }

    /// <summary>
    /// Nobody gets in without proof. Where the superuser has no password, the account that runs the agent logs in by
    /// its own name over the unix socket.
    /// </summary>
    private static ImmutableArray<string> DefaultHba(PostgresCredentials superuser, PostgresCredentials replication)
    {
        var local = superuser.Password is null
            ? $"local all {Quoted(superuser.UserName)} peer"
            : $"local all {Quoted(superuser.UserName)} scram-sha-256";
        return
        [
            local,
            "local all all scram-sha-256",
            $"host replication {Quoted(replication.UserName)} all scram-sha-256",
            "host all all all scram-sha-256",
        ];
    }

    private static string Seed(List<PostgresSetting> settings)
    {
        if (settings.Count == 0)
        {
            return "{}";
        }

        var parameters = new JsonObject();
        foreach (var setting in settings)
        {
            parameters[setting.Name] = JsonValue.Create(setting.Value);
        }

        return new JsonObject { ["postgresql"] = new JsonObject { ["parameters"] = parameters } }.ToJsonString();
    }

    private static bool DcsHasHba(YamlNode? dcs) =>
        dcs is YamlMapping mapping
        && mapping.Find("postgresql")?.Value is YamlMapping postgresql
        && postgresql.Find("pg_hba") is not null;

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
