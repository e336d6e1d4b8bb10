using Router.Cluster;
using Router.Postgres.Options;

namespace Router.Configuration.Agent;

/// <summary>Reads <c>postgresql</c> and the part of <c>bootstrap</c> that makes a new instance.</summary>
internal static class PostgresqlSection
{
    private const int DefaultPort = 5432;

    public static PostgresOptions Read(Section section, Section bootstrap, string scope, MemberName name, Findings findings)
    {
        var (hosts, port) = Listen(section);
        var authentication = section.Child("authentication");
        var superuser = CredentialsSection.Read(authentication.Child("superuser"), isRequired: true, findings);
        var replication = CredentialsSection.Read(authentication.Child("replication"), isRequired: true, findings);
        var hba = section.Lines("pg_hba");
        return new PostgresOptions
        {
            Name = name,
            Scope = scope,
            DataDirectory = Absolute(section.RequiredText("data_dir", "write the path of the data directory")),
            ListenAddresses = hosts,
            Port = port,
            ConnectAddress = ConnectAddress(section, port, findings),
            Superuser = superuser,
            Replication = replication,
            Rewind = CredentialsSection.ReadOptional(authentication.Child("rewind"), findings),
            ConfigDirectory = section.Text("config_dir") is { } configDirectory ? Absolute(configDirectory) : null,
            ConfigBaseName = section.Text("config_base_name") ?? "postgresql",
            CustomConf = section.Text("custom_conf"),
            BinDirectory = section.Text("bin_dir"),
            BinNames = Settings(section, "bin_name"),
            Database = section.Text("database") ?? "postgres",
            PassFile = section.Text("pgpass"),
            UseUnixSocket = section.Flag("use_unix_socket", byDefault: false),
            Parameters = Settings(section, "parameters"),
            HbaLines = hba is { } lines ? lines.ToEquatableList() : null,
            IdentLines = section.Lines("pg_ident") is { } ident ? ident.ToEquatableList() : null,
            RecoveryConf = Settings(section, "recovery_conf"),
            StartTimeout = section.Duration("pg_ctl_timeout", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1)),
            BaseBackup = ToolOptionList.Read(section, "basebackup", ToolOptionList.BaseBackupRefused, findings),
            RewindOptions = ToolOptionList.Read(section, "rewind", ToolOptionList.RewindRefused, findings),
            PrePromote = section.Text("pre_promote"),
            BeforeStop = section.Text("before_stop"),
            Bootstrap = BootstrapSection.ReadInstance(bootstrap, hba is not null, superuser, replication, findings),
        };
    }

    public static CallbacksConfiguration ReadCallbacks(Section section) => new()
    {
        OnStart = section.Text("on_start"),
        OnStop = section.Text("on_stop"),
        OnRestart = section.Text("on_restart"),
        OnReload = section.Text("on_reload"),
        OnRoleChange = section.Text("on_role_change"),
    };

    public static LocalOverrides ReadOverrides(Section section) => new()
    {
        UsePgRewind = section.Flag("use_pg_rewind"),
        RemoveDataDirectoryOnDivergedTimelines = section.Flag("remove_data_directory_on_diverged_timelines"),
    };

    /// <summary>Says of what Patroni knows and this agent does not do, that it does not.</summary>
    public static void ReportUnused(Section section, Findings findings)
    {
        _ = section.Flag("remove_data_directory_on_rewind_failure");
        foreach (var key in (ReadOnlySpan<string>)["create_replica_methods", "create_replica_method"])
        {
            var methods = section.List(key);
            if (methods.Any(method => method != "basebackup"))
            {
                findings.Warning(section.PositionOf(key), section.PathOf(key), "only basebackup is there; it is used");
            }

            foreach (var method in methods)
            {
                _ = section.Node(method);
            }
        }

        section.NotUsed("use_slots", "it belongs into the cluster's configuration (bootstrap.dcs)");
        section.NotUsed("use_unix_socket_repl", "replication goes by connect_address");
        section.NotUsed("krbsrvname", "logins by Kerberos are not there");
        foreach (var role in (ReadOnlySpan<string>)["primary", "replica", "standby_leader"])
        {
            section.NotUsed($"parameters_{role}", "parameters are the same in every role");
            section.NotUsed($"pg_hba_{role}", "pg_hba is the same in every role");
            section.NotUsed($"pg_ident_{role}", "pg_ident is the same in every role");
        }
    }

    /// <summary><c>host[,host…][:port]</c>.</summary>
    private static (EquatableList<string> Hosts, int Port) Listen(Section section)
    {
        var text = section.RequiredText("listen", "write where PostgreSQL listens, such as 0.0.0.0:5432");
        var hosts = new List<string>();
        var port = DefaultPort;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (HostAndPort.Parse(part, DefaultPort) is { } address)
            {
                hosts.Add(address.Host);
                port = address.Port;
            }
            else
            {
                section.Complain("listen", text, "write host:port, or host,host:port");
            }
        }

        return (hosts.ToEquatableList(), port);
    }

    private static MemberAddress ConnectAddress(Section section, int port, Findings findings)
    {
        _ = section.RequiredText("connect_address", "write where other members and the proxy reach PostgreSQL");
        var address = section.Address("connect_address", DefaultPort);
        RestApiSection.WarnIfOnlyHere(section, address, findings);
        return address ?? new MemberAddress("localhost", port);
    }

    private static EquatableList<PostgresSetting> Settings(Section section, string key) =>
        section.Map(key).Select(pair => new PostgresSetting(pair.Key, pair.Value)).ToEquatableList();

    private static string Absolute(string path) => path.Length == 0 ? path : Path.GetFullPath(path);
}
