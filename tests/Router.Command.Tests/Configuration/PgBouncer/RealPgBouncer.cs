using System.Diagnostics;
using Router.Testing;

namespace Router.Command.Tests.Configuration.PgBouncer;

/// <summary>
/// The pgbouncer of this machine with files of a directory of its own, where it listens at a unix socket and at nothing
/// else. Under root it runs as user postgres, since it refuses root.
/// </summary>
internal sealed class RealPgBouncer : IDisposable
{
    private readonly List<string> _said = [];
    private Process? _process;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("router-pgbouncer-").FullName;

    public string Said
    {
        get
        {
            lock (_said)
            {
                return string.Join('\n', _said);
            }
        }
    }

    public string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>Starts it with a file of the directory. True: it serves; false: it refused the file and has ended.</summary>
    public async Task<bool> StartsAsync(string name)
    {
        await RunAsync("chmod", "-R", "a+rwX", Directory);
        _process = Start("pgbouncer", PathOf(name));
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_said)
            {
                _said.Add(line.Data ?? "");
            }
        };
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(() => _process.HasExited || IsListening, "pgbouncer serves or has ended");
        return !_process.HasExited;
    }

    /// <summary>Rows of a console command, their columns divided by tabs.</summary>
    public async Task<string[]> AskAsync(string command)
    {
        using var psql = Start(
            "psql", "--no-psqlrc", "-h", Directory, "-p", "6432", "-U", "pgbouncer", "-At", "-F", "\t", "-c", command, "pgbouncer");
        var error = psql.StandardError.ReadToEndAsync();
        var rows = await psql.StandardOutput.ReadToEndAsync();
        await psql.WaitForExitAsync();
        Assert.True(psql.ExitCode == 0, await error);
        return rows.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            // setpriv has become pgbouncer: it is one process.
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private bool IsListening => File.Exists(PathOf(".s.PGSQL.6432"));

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private Process Start(string program, params string[] arguments)
    {
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments]
            : [program, .. arguments];
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
