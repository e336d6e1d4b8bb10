using Router.Postgres.Options;

namespace Router.Configuration.Agent;

/// <summary>
/// What SIGHUP changes of a <c>patroni.yml</c>. Fixed for the process's life: who the member is, where its store and its
/// data lie, where PostgreSQL listens and its programs are, and what protects it.
/// </summary>
internal static class AgentReloadPlan
{
    public static ReloadPlan<AgentConfiguration> Of(AgentConfiguration inForce, AgentConfiguration written)
    {
        var diff = new SettingDiff();
        var effective = written with
        {
            Scope = diff.Keep("scope", inForce.Scope, written.Scope),
            Name = diff.Keep("name", inForce.Name, written.Name),
            Namespace = diff.Keep("namespace", inForce.Namespace, written.Namespace),
            Etcd = Store(diff, inForce.Etcd, written.Etcd),
            Postgres = Instance(diff, inForce.Postgres, written.Postgres),
            Guard = diff.Keep("guard.mode", inForce.Guard, written.Guard),
            Watchdog = diff.Keep("watchdog", inForce.Watchdog, written.Watchdog),
            Callbacks = diff.Keep("postgresql.callbacks", inForce.Callbacks, written.Callbacks),
            Log = written.Log with { Format = diff.Keep("log.type", inForce.Log.Format, written.Log.Format) },
        };
        return new ReloadPlan<AgentConfiguration>(effective, diff.Names);
    }

    /// <summary>Only the login may change: connections and watches hang on the rest.</summary>
    public static EtcdConfiguration Store(SettingDiff diff, EtcdConfiguration inForce, EtcdConfiguration written)
    {
        var isSame = inForce.Endpoints.SequenceEqual(written.Endpoints)
            && (inForce.CaCertFile, inForce.CertFile, inForce.KeyFile, inForce.IsWrittenForV2)
                == (written.CaCertFile, written.CertFile, written.KeyFile, written.IsWrittenForV2);
        _ = diff.Keep(written.IsWrittenForV2 ? "etcd" : "etcd3", true, isSame);
        return inForce with { UserName = written.UserName, Password = written.Password };
    }

    private static PostgresOptions Instance(SettingDiff diff, PostgresOptions inForce, PostgresOptions written) => written with
    {
        Name = inForce.Name,
        Scope = inForce.Scope,
        DataDirectory = diff.Keep("postgresql.data_dir", inForce.DataDirectory, written.DataDirectory),
        ConfigDirectory = diff.Keep("postgresql.config_dir", inForce.ConfigDirectory, written.ConfigDirectory),
        ConfigBaseName = diff.Keep("postgresql.config_base_name", inForce.ConfigBaseName, written.ConfigBaseName),
        ListenAddresses = diff.Keep("postgresql.listen", inForce.ListenAddresses, written.ListenAddresses),
        Port = diff.Keep("postgresql.listen", inForce.Port, written.Port),
        BinDirectory = diff.Keep("postgresql.bin_dir", inForce.BinDirectory, written.BinDirectory),
        BinNames = diff.Keep("postgresql.bin_name", inForce.BinNames, written.BinNames),
    };
}
