using Router.Cluster;
using Router.Postgres.Options;
using Router.Postgres.Settings;

namespace Router.Postgres.Files;

/// <summary>Writes the files of a data directory that are ours; every write is atomic.</summary>
internal sealed class InstanceFiles(LiveOptions options)
{
    private const string StandbySignal = "standby.signal";

    /// <summary>Files that pg_rewind brings over from the leader and that are this member's own.</summary>
    private static readonly string[] OwnFiles = ["pg_hba.conf", "pg_ident.conf"];

    public string ConfigDirectory => options.Now.ConfigDirectory ?? options.Now.DataDirectory;

    public string ConfPath => Path.Combine(ConfigDirectory, $"{options.Now.ConfigBaseName}.conf");

    public string OutputPath => InData("postmaster.log");

    public bool HasStandbySignal => File.Exists(InData(StandbySignal));

    private string BasePath => Path.Combine(ConfigDirectory, ConfWriter.BaseName(options.Now));

    public static string PassFileOf(PostgresOptions options) =>
        options.PassFile ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "pgpass");

    public string InData(string name) => Path.Combine(options.Now.DataDirectory, name);

    /// <summary>The generated file as it lies there; empty where there is none.</summary>
    public string ReadConf() => AtomicFile.ReadOrNull(ConfPath) ?? "";

    /// <summary>Writes postgresql.conf, pg_hba.conf and pg_ident.conf; answers whether any changed.</summary>
    public bool Write(ServerSettings settings, RoleSettings role)
    {
        KeepBase();
        if (role.Follow is { } follow)
        {
            _ = WritePassFile(follow.Address);
        }

        var isChanged = AtomicFile.WriteIfChanged(ConfPath, ConfWriter.Compose(options.Now, settings, role));
        return isChanged
            | WriteLines("pg_hba.conf", settings.HbaLines)
            | WriteLines("pg_ident.conf", settings.IdentLines);
    }

    /// <summary>The passwords for one server; answers the file's path.</summary>
    public string WritePassFile(MemberAddress address)
    {
        var path = PassFileOf(options.Now);
        _ = AtomicFile.WriteIfChanged(
            path, PassFile.Write(address, options.Now.Replication, options.Now.Rewind ?? options.Now.Superuser));
        return path;
    }

    /// <summary>The pg_hba.conf of a new cluster.</summary>
    public void WriteFirstHba()
    {
        var bootstrap = options.Now.Bootstrap;
        var lines = bootstrap.HbaLines.Count > 0 ? bootstrap.HbaLines : HbaDefaults.Lines(options.Now);
        AtomicFile.Write(Path.Combine(ConfigDirectory, "pg_hba.conf"), HbaDefaults.Compose(lines));
    }

    /// <summary>
    /// Makes the directory start in the role: standby.signal, and no recovery parameters left by ALTER SYSTEM or by a
    /// tool.
    /// </summary>
    public void MarkRole(bool isStandby)
    {
        File.Delete(InData("recovery.signal"));
        if (isStandby)
        {
            _ = AtomicFile.WriteIfChanged(InData(StandbySignal), "");
        }
        else
        {
            File.Delete(InData(StandbySignal));
        }

        var auto = InData("postgresql.auto.conf");
        if (AtomicFile.ReadOrNull(auto) is { } text)
        {
            _ = AtomicFile.WriteIfChanged(auto, ConfText.Without(text, ControlledParameters.Recovery));
        }
    }

    /// <summary>This member's own files, by path, for <see cref="Restore"/> after a tool has overwritten them.</summary>
    public IReadOnlyDictionary<string, string> Save() =>
        OwnFiles.Select(name => Path.Combine(ConfigDirectory, name)).Append(BasePath)
            .Select(path => (Path: path, Text: AtomicFile.ReadOrNull(path)))
            .Where(file => file.Text is not null)
            .ToDictionary(file => file.Path, file => file.Text!, StringComparer.Ordinal);

    public static void Restore(IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, text) in files)
        {
            _ = AtomicFile.WriteIfChanged(path, text);
        }
    }

    /// <summary>
    /// The file that initdb made is renamed once and included from then on, as Patroni does, so that either agent can
    /// take the directory over.
    /// </summary>
    private void KeepBase()
    {
        if (options.Now.CustomConf is not null || File.Exists(BasePath))
        {
            return;
        }

        if (File.Exists(ConfPath))
        {
            File.Move(ConfPath, BasePath);
        }
        else
        {
            AtomicFile.Write(BasePath, "");
        }
    }

    private bool WriteLines(string name, IEnumerable<string>? lines) =>
        lines is not null
        && AtomicFile.WriteIfChanged(Path.Combine(ConfigDirectory, name), HbaDefaults.Compose(lines));
}
