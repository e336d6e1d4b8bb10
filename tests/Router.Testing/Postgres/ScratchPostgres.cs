using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Router.Testing.Postgres;

/// <summary>
/// A real PostgreSQL instance in a directory of its own under /tmp, reachable over its unix socket only. Under root it
/// runs as user postgres, since PostgreSQL refuses root.
/// </summary>
public sealed class ScratchPostgres : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin/";

    private readonly string _root;
    private readonly IReadOnlyList<string> _settings;
    private Process? _postmaster;

    private ScratchPostgres(string root, IReadOnlyList<string> settings)
    {
        _root = root;
        _settings = settings;
    }

    public string DataDirectory => _root + "/data";

    private string Port => _settings.LastOrDefault(static s => s.StartsWith("port=", StringComparison.Ordinal))?[5..] ?? "5432";

    public int PostmasterPid => _postmaster!.Id;

    public string ConnectionString =>
        $"Host={_root};Port={Port};Username=postgres;Database=postgres;Pooling=false;Timeout=30;Command Timeout=120";

    /// <summary>initdb and start. Each of <paramref name="settings"/> is <c>name=value</c>, stronger than the defaults here.</summary>
    public static async Task<ScratchPostgres> StartNewAsync(string owner, params string[] settings)
    {
        var root = Directory.CreateDirectory($"/tmp/{owner}-{Guid.NewGuid():N}"[..(owner.Length + 18)]).FullName;
        var postgres = new ScratchPostgres(root, settings);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["postgres:postgres", root]);
        }

        await RunAsync(
            AsPostgres(out var prefix, "initdb"),
            [.. prefix, "-D", postgres.DataDirectory, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]);
        await postgres.StartAsync();
        return postgres;
    }

    /// <summary>Starts the postmaster and waits until it answers SQL and only its own processes are left.</summary>
    public async Task StartAsync()
    {
        _ = Launch();
        await Eventually.TrueAsync(Answers, "the instance answers SQL");
        await Eventually.TrueAsync(() => !Processes().Any(IsClientBackend), "the first backend has ended");
    }

    /// <summary>Starts the postmaster and waits for nothing; the process stays this instance's to dispose.</summary>
    public Process Launch()
    {
        var start = new ProcessStartInfo(AsPostgres(out var prefix, "postgres"))
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            .. prefix, "-D", DataDirectory, "-k", _root, "-c", "listen_addresses=", "-c", "fsync=off",
            "-c", "shared_buffers=4MB", "-c", "max_connections=20", "-c", "log_min_messages=fatal",
            "-c", "autovacuum=off",
            .. _settings.SelectMany(static setting => new[] { "-c", setting }),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _postmaster = Process.Start(start)!;
        _postmaster.OutputDataReceived += static (_, _) => { };
        _postmaster.ErrorDataReceived += static (_, _) => { };
        _postmaster.BeginOutputReadLine();
        _postmaster.BeginErrorReadLine();
        return _postmaster;
    }

    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async Task<string> ScalarAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        return await ScalarAsync(connection, sql);
    }

    public static async Task<string> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? string.Empty;
    }

    /// <summary>Every process that works in the data directory, zombies left out: the postmaster, its children, orphans.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && new FileInfo($"/proc/{pid}/cwd").LinkTarget == DataDirectory),
    ];

    /// <summary>A process that ended by itself meanwhile needs no signal: those of a postmaster come and go.</summary>
    public static async Task SignalAsync(string signal, params IEnumerable<int> pids)
    {
        foreach (var pid in pids)
        {
            try
            {
                await RunAsync("kill", ["-s", signal, pid.ToString(CultureInfo.InvariantCulture)]);
            }
            catch (InvalidOperationException) when (!Directory.Exists($"/proc/{pid}"))
            {
                // Gone.
            }
        }
    }

    /// <summary>A command line that runs a PostgreSQL program as the right user.</summary>
    public static string AsPostgres(out string[] prefix, string program)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            prefix = [];
            return Binaries + program;
        }

        prefix = ["--reuid=postgres", "--regid=postgres", "--clear-groups", Binaries + program];
        return "setpriv";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pid in Processes())
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It ended by itself.
            }
        }

        if (_postmaster is not null)
        {
            await _postmaster.WaitForExitAsync();
            _postmaster.Dispose();
        }

        await Eventually.TrueAsync(() => Processes().Count == 0, "every process of the instance ended");
        Directory.Delete(_root, recursive: true);
    }

    private static bool IsClientBackend(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains("[local]", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It ended between the two looks.
            return false;
        }
    }

    private bool Answers()
    {
        try
        {
            using var connection = new NpgsqlConnection(ConnectionString);
            connection.Open();
            return true;
        }
        catch (NpgsqlException) when (!_postmaster!.HasExited)
        {
            return false;
        }
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        _ = await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
        }
    }
}
