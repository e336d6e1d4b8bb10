using Router.Cluster;

namespace Router.Postgres.Options;

/// <summary>
/// What a <c>patroni.yml</c> says of the local PostgreSQL: its <c>postgresql</c> and <c>bootstrap</c> sections, the
/// member's name and the scope. Keys keep Patroni's meaning (src/Router.Postgres/README.md says which are read).
/// </summary>
public sealed record PostgresOptions
{
    /// <summary><c>name</c>: the application_name of this member's WAL receiver.</summary>
    public required MemberName Name { get; init; }

    /// <summary><c>scope</c>: becomes cluster_name.</summary>
    public required string Scope { get; init; }

    /// <summary><c>data_dir</c>, absolute.</summary>
    public required string DataDirectory { get; init; }

    /// <summary><c>listen</c>'s hosts, as listen_addresses takes them; <c>*</c> is all.</summary>
    public required EquatableList<string> ListenAddresses { get; init; }

    /// <summary><c>listen</c>'s port.</summary>
    public int Port { get; init; } = 5432;

    /// <summary><c>connect_address</c>: where other members reach this one.</summary>
    public required MemberAddress ConnectAddress { get; init; }

    /// <summary><c>authentication.superuser</c>.</summary>
    public required PostgresCredentials Superuser { get; init; }

    /// <summary><c>authentication.replication</c>.</summary>
    public required PostgresCredentials Replication { get; init; }

    /// <summary><c>authentication.rewind</c>; null: the superuser rewinds.</summary>
    public PostgresCredentials? Rewind { get; init; }

    /// <summary><c>config_dir</c>; null: the data directory.</summary>
    public string? ConfigDirectory { get; init; }

    /// <summary><c>config_base_name</c>: <c>postgresql</c> names postgresql.conf and postgresql.base.conf.</summary>
    public string ConfigBaseName { get; init; } = "postgresql";

    /// <summary><c>custom_conf</c>: included in place of the base file.</summary>
    public string? CustomConf { get; init; }

    /// <summary><c>bin_dir</c>; null: the search path.</summary>
    public string? BinDirectory { get; init; }

    /// <summary><c>bin_name</c>: other names of the programs, such as <c>pg_rewind</c> → <c>my_rewind</c>.</summary>
    public EquatableList<PostgresSetting> BinNames { get; init; }

    /// <summary><c>database</c>: where the agent connects.</summary>
    public string Database { get; init; } = "postgres";

    /// <summary><c>pgpass</c>; null: <c>~/pgpass</c>. Written by the agent, mode 0600.</summary>
    public string? PassFile { get; init; }

    /// <summary><c>use_unix_socket</c>: the agent's own connections; else TCP to a listen address.</summary>
    public bool UseUnixSocket { get; init; }

    /// <summary><c>parameters</c>: win over the cluster's, but for the controlled ones.</summary>
    public EquatableList<PostgresSetting> Parameters { get; init; }

    /// <summary><c>pg_hba</c>: the lines of pg_hba.conf; null: the cluster's, or those in the directory, are kept.</summary>
    public EquatableList<string>? HbaLines { get; init; }

    /// <summary><c>pg_ident</c>: the lines of pg_ident.conf; null: as for <see cref="HbaLines"/>.</summary>
    public EquatableList<string>? IdentLines { get; init; }

    /// <summary><c>recovery_conf</c>: restore_command and its kind, for standbys.</summary>
    public EquatableList<PostgresSetting> RecoveryConf { get; init; }

    /// <summary><c>pg_ctl_timeout</c>: bound of a start or a promotion where the caller gives none.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>basebackup</c>: further options of pg_basebackup.</summary>
    public EquatableList<ToolOption> BaseBackup { get; init; }

    /// <summary><c>rewind</c>: further options of pg_rewind.</summary>
    public EquatableList<ToolOption> RewindOptions { get; init; }

    /// <summary><c>pre_promote</c>: a shell command; when it fails, the promotion is given up.</summary>
    public string? PrePromote { get; init; }

    /// <summary><c>before_stop</c>: a shell command; its result is ignored.</summary>
    public string? BeforeStop { get; init; }

    /// <summary>The <c>bootstrap</c> section, but for <c>dcs</c>.</summary>
    public BootstrapOptions Bootstrap { get; init; } = new();

    /// <summary>Silence of this length on a connection counts towards a hang (rule S11).</summary>
    public TimeSpan ProbeBound { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bound of initdb, pg_basebackup, pg_rewind and post_bootstrap.</summary>
    public TimeSpan ToolBound { get; init; } = TimeSpan.FromHours(24);
}
