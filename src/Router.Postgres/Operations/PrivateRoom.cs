using System.Globalization;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Settings;

namespace Router.Postgres.Operations;

/// <summary>
/// Where a new cluster's first server listens: a socket in a directory of mode 0700, with an access file that lets the
/// operating system's user in as the superuser and nobody else.
/// </summary>
internal sealed class PrivateRoom : IDisposable
{
    private const string Map = "router";

    private readonly PostgresOptions _options;
    private readonly string _directory;

    public PrivateRoom(PostgresOptions options)
    {
        _options = options;
        // Short: a socket's path has 107 bytes.
        _directory = Directory.CreateTempSubdirectory("router-").FullName;
        AtomicFile.Write(HbaPath, $"local all {HbaDefaults.Quote(options.Superuser.UserName)} peer map={Map}\n");
        AtomicFile.Write(IdentPath, string.Create(
            CultureInfo.InvariantCulture,
            $"{Map} {HbaDefaults.Quote(Environment.UserName)} {HbaDefaults.Quote(options.Superuser.UserName)}\n"));
    }

    private string HbaPath => Path.Combine(_directory, "hba");

    private string IdentPath => Path.Combine(_directory, "ident");

    public IEnumerable<PostgresSetting> CommandLine(ServerSettings settings) =>
    [
        .. settings.CommandLine.Where(setting => setting.Name != "listen_addresses"),
        new("listen_addresses", ""),
        new("unix_socket_directories", _directory),
        new("hba_file", HbaPath),
        new("ident_file", IdentPath),
    ];

    /// <summary>For post_bootstrap: its argument.</summary>
    public string ConnectionText() => Files.ConnectionText.Write(
        new(_directory, _options.Port),
        _options.Superuser,
        InstanceFiles.PassFileOf(_options),
        _options.Database,
        "Router post_bootstrap");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
