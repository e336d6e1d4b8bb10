using Router.Cluster;
using Router.Configuration.Yaml;

namespace Router.Configuration.Agent;

/// <summary>
/// Reads a <c>patroni.yml</c>, or a directory of them, with the environment laid over it, as Patroni does. Unknown keys
/// are warnings: a file that serves Patroni serves the agent.
/// </summary>
internal static class PatroniYaml
{
    // Patroni marks the empty list of synchronous standbys with it.
    private const string ReservedName = "__patroni_strict_sync_replica_placeholder__";

    private static readonly string[] OtherStores = ["consul", "exhibitor", "kubernetes", "raft", "zookeeper"];

    /// <summary>Null when there was an error; what to say is in <paramref name="findings"/>.</summary>
    public static AgentConfiguration? Load(
        string path, IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        var file = ConfigurationFiles.Read(path, findings);
        var overlay = PatroniEnvironment.Read(environment, findings);
        return file is null ? null : Read(file.Under(overlay), findings).Configuration;
    }

    /// <summary>Reads the merged document; the section is given back for whoever asks which keys are known.</summary>
    public static (AgentConfiguration? Configuration, Section Root) Read(YamlMapping document, Findings findings)
    {
        var root = new Section(document, "", findings);
        var scope = root.RequiredText("scope", "write the cluster's name, the same on every member");
        if (scope.Contains('/', StringComparison.Ordinal))
        {
            root.Complain("scope", scope, "it is one part of a path; write it without a slash");
        }

        var name = new MemberName(root.RequiredText("name", "write this member's name, another one on each member"));
        if (name.Value == ReservedName)
        {
            root.Complain("name", name.Value, "Patroni keeps this name for itself; choose another one");
        }

        var restApi = root.Child("restapi");
        var postgresql = root.Child("postgresql");
        var bootstrap = root.Child("bootstrap");
        var postgres = PostgresqlSection.Read(postgresql, bootstrap, scope, name, findings);
        var configuration = new AgentConfiguration
        {
            Scope = scope,
            Name = name,
            Namespace = NamespaceOf(root),
            Etcd = ReadEtcd(root, findings),
            RestApi = RestApiSection.Read(restApi, findings),
            RestApiConnectAddress = RestApiSection.ReadConnectAddress(restApi, findings),
            BootstrapDcsJson = BootstrapSection.ReadDcs(bootstrap, postgres.Parameters, findings),
            Postgres = postgres,
            ProxyAddress = postgresql.Address("proxy_address", 5432),
            Callbacks = PostgresqlSection.ReadCallbacks(postgresql.Child("callbacks")),
            Overrides = PostgresqlSection.ReadOverrides(postgresql),
            Tags = TagsSection.Read(root.Child("tags"), findings),
            Guard = Mode(root.Child("guard")),
            Watchdog = ReadWatchdog(root.Child("watchdog")),
            Ctl = ReadCtl(root.Child("ctl")),
            Log = ReadLog(root.Child("log")),
        };
        PostgresqlSection.ReportUnused(postgresql, findings);
        ReportUnused(root);
        root.ReportUnknown(FindingSeverity.Warning);
        return (findings.HasErrors ? null : configuration, root);
    }

    /// <summary>Patroni's own default, and its form: one slash before, none behind.</summary>
    public static string NamespaceOf(Section root) => "/" + (root.Text("namespace") ?? "/service").Trim('/');

    private static EtcdConfiguration ReadEtcd(Section root, Findings findings)
    {
        foreach (var store in OtherStores)
        {
            root.Refuse(store, "this store is not there; use etcd3");
        }

        var etcd = EtcdSection.Read(root, findings);
        if (etcd.IsWrittenForV2)
        {
            findings.Notice(root.PositionOf("etcd"), "etcd",
                "is used by the v3 API; a cluster that lives in the v2 store is found and refused at start");
        }

        return etcd;
    }

    private static ProtectionMode Mode(Section section) =>
        section.OneOf("mode", "automatic", "off", "automatic", "required") switch
        {
            "off" => ProtectionMode.Off,
            "required" => ProtectionMode.Required,
            _ => ProtectionMode.Automatic,
        };

    private static WatchdogConfiguration ReadWatchdog(Section section)
    {
        var margin = section.Number("safety_margin", 5, -1, 3_600);
        section.NotUsed("driver", "the kernel's watchdog interface is the only one");
        return new WatchdogConfiguration
        {
            Mode = Mode(section),
            Device = section.Text("device") ?? "/dev/watchdog",
            SafetyMargin = margin < 0 ? null : TimeSpan.FromSeconds(margin),
        };
    }

    private static CtlConfiguration ReadCtl(Section section)
    {
        var authentication = section.Child("authentication");
        return new CtlConfiguration
        {
            IsInsecure = section.Flag("insecure", byDefault: false),
            CaCertFile = section.Text("cacert"),
            CertFile = section.Text("certfile"),
            KeyFile = section.Text("keyfile"),
            KeyFilePassword = section.Secret("keyfile_password"),
            UserName = authentication.Text("username"),
            Password = authentication.Secret("password"),
        };
    }

    private static LogConfiguration ReadLog(Section section)
    {
        var log = LogSection.Read(section);
        foreach (var key in (ReadOnlySpan<string>)["dir", "mode", "file_num", "file_size"])
        {
            section.NotUsed(key, "lines go to standard error, where the service manager keeps them");
        }

        foreach (var key in (ReadOnlySpan<string>)["format", "dateformat", "static_fields", "traceback_level"])
        {
            section.NotUsed(key, "the form of a line is fixed; type json is for programs");
        }

        section.NotUsed("max_queue_size", "the queue holds 10000 lines");
        section.NotUsed("loggers", "there is one level for all");
        section.NotUsed("deduplicate_heartbeat_logs", "a cycle's sentence is told only when it changes");
        return log;
    }

    private static void ReportUnused(Section root)
    {
        root.NotUsed("thread_pool_size", "nothing waits in threads here");
        root.NotUsed("thread_stack_size", "nothing waits in threads here");
        root.NotUsed("citus", "clusters of Citus are not there");
        foreach (var key in (ReadOnlySpan<string>)["ttl", "loop_wait", "retry_timeout", "standby_cluster"])
        {
            root.NotUsed(key, "it belongs into the cluster's configuration (bootstrap.dcs)");
        }
    }
}
