using Router.Postgres.Files;
using Router.Postgres.Options;

namespace Router.Postgres.Settings;

/// <summary>
/// What the server is to run with now: the one owner of the cluster's settings, the member's role in them, and the
/// files they are written to. Changed by one operation at a time; read by probes.
/// </summary>
internal sealed class InstanceConfiguration(LiveOptions options, InstanceFiles files)
{
    private const string CacheName = "patroni.dynamic.json";

    private volatile Snapshot? _snapshot;

    /// <summary>Null before the first operation.</summary>
    public ServerSettings? Known => _snapshot?.Settings;

    public RoleSettings? KnownRole => _snapshot?.Role;

    public ServerSettings Settings => Load().Settings;

    public RoleSettings Role
    {
        get => Load().Role;
        set => _snapshot = Load() with { Role = value };
    }

    /// <summary>Takes the cluster's document over; false when it is no JSON object, which changes nothing.</summary>
    public bool TryAccept(string json)
    {
        if (ClusterParameters.Parse(json) is not { } cluster)
        {
            return false;
        }

        var settings = ServerSettings.Merge(options.Now, cluster);
        _snapshot = new Snapshot(settings, _snapshot?.Role ?? ReadRole(settings));
        return true;
    }

    /// <summary>Leaves out of the file what the server does not take: a start would fail on it.</summary>
    public void Refuse(IReadOnlySet<string> names)
    {
        var snapshot = Load();
        var file = snapshot.Settings.File.Where(setting => !names.Contains(setting.Name));
        _snapshot = snapshot with
        {
            Settings = snapshot.Settings with { File = new([.. file]) },
        };
    }

    /// <summary>Writes the files for the present role; answers whether one changed.</summary>
    public bool Write()
    {
        var snapshot = Load();
        return files.Write(snapshot.Settings, snapshot.Role);
    }

    /// <summary>Keeps the document for a start without the store, where Patroni keeps it.</summary>
    public void Cache(string json) => _ = AtomicFile.WriteIfChanged(files.InData(CacheName), json);

    /// <summary>
    /// Before the store has been read the kept document counts, and the role is what an agent before us has written:
    /// a running instance is adopted without a change.
    /// </summary>
    private Snapshot Load()
    {
        if (_snapshot is { } known)
        {
            return known;
        }

        var kept = AtomicFile.ReadOrNull(files.InData(CacheName));
        var cluster = kept is null ? ClusterParameters.None : ClusterParameters.Parse(kept) ?? ClusterParameters.None;
        var settings = ServerSettings.Merge(options.Now, cluster);
        return _snapshot = new Snapshot(settings, ReadRole(settings));
    }

    private RoleSettings ReadRole(ServerSettings settings) =>
        ConfWriter.Read(files.ReadConf(), settings.IsSynchronous, files.HasStandbySignal);

    private sealed record Snapshot(ServerSettings Settings, RoleSettings Role);
}
