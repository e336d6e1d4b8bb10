using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Router.Demo;
using Router.Testing;

namespace Router.Integration.Tests.Bouncer;

/// <summary>One pooler that runs from a pgbouncer.ini: PgBouncer itself, or this program in its place.</summary>
internal sealed class PoolerProcess : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private PoolerProcess(Process process, string directory, int port) => (Process, Directory, Port) = (process, directory, port);

    public Process Process { get; }

    /// <summary>Holds the ini, the user list, the log, the pid file and the unix socket.</summary>
    public string Directory { get; }

    public int Port { get; }

    public string Ini => Path.Combine(Directory, "pgbouncer.ini");

    public string Users => Path.Combine(Directory, "users.txt");

    public string PidFile => Path.Combine(Directory, "pooler.pid");

    public string Log => File.ReadAllText(Path.Combine(Directory, "pooler.log"));

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="command">The program and what stands before the name of the file.</param>
    /// <param name="databases">Lines of [databases].</param>
    /// <param name="settings">Lines of [pgbouncer], stronger than those here, and sections behind it.</param>
    /// <param name="place">Its directory and port; null: its own.</param>
    public static async Task<PoolerProcess> StartAsync(
        IEnumerable<string> command, string databases, string users, string settings, (string Directory, int Port)? place = null)
    {
        var (directory, port) = place ?? (NewDirectory(), FreePort.Take(1)[0]);
        var ini = Path.Combine(directory, "pgbouncer.ini");
        await File.WriteAllTextAsync(Path.Combine(directory, "users.txt"), users);
        await File.WriteAllTextAsync(ini, TextOf(directory, port, databases, settings));
        var process = RouterCommand.Start(Path.Combine(directory, "output.log"), [.. command, ini]);
        var pooler = new PoolerProcess(process, directory, port);
        await pooler.UntilAsync(
            async () => process.HasExited
                || (await pooler.PsqlAsync("admin:admin", "pgbouncer", "SHOW VERSION", host: directory)).ExitCode == 0
                || (place is null && (await pooler.PsqlAsync("admin:admin", "pgbouncer", "SHOW VERSION")).ExitCode == 0),
            "the pooler serves");
        Assert.False(process.HasExited, await File.ReadAllTextAsync(Path.Combine(directory, "output.log")));
        return pooler;
    }

    /// <summary>Everybody may write there.</summary>
    public static string NewDirectory()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("bouncer-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_111_111);
        return directory;
    }

    /// <summary>Its unix socket, which it shares with no other process.</summary>
    public UnixDomainSocketEndPoint Socket => new(Path.Combine(Directory, $".s.PGSQL.{Port}"));

    /// <summary>Writes the file anew; a reload reads it.</summary>
    public void Write(string databases, string settings) => File.WriteAllText(Ini, TextOf(Directory, Port, databases, settings));

    public void Signal(int number) => MemberProcesses.Signal(
        int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture), number);

    /// <summary>Runs one statement by psql, which prints as little around the answer as it can.</summary>
    /// <param name="login">A name, or a name and a password with a colon between them.</param>
    /// <param name="sslMode">Of psql.</param>
    /// <param name="host">Null: by TCP.</param>
    /// <param name="certificate">Of the client; its key lies beside it.</param>
    public async Task<(int ExitCode, string Output)> PsqlAsync(
        string login, string database, string sql, string sslMode = "prefer", string? host = null, string? certificate = null)
    {
        using var psql = Start(login, database, sql, sslMode, host, certificate);
        var reads = await Task.WhenAll(psql.StandardOutput.ReadToEndAsync(), psql.StandardError.ReadToEndAsync());
        await psql.WaitForExitAsync().WaitAsync(Bound);
        return (psql.ExitCode, reads[0] + reads[1]);
    }

    /// <summary>The same, while it runs.</summary>
    public Process Start(
        string login, string database, string sql, string sslMode = "prefer", string? host = null, string? certificate = null)
    {
        var start = new ProcessStartInfo("psql", ["-XA", "-c", sql])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var parts = login.Split(':', 2);
        start.Environment["PGHOST"] = host ?? "127.0.0.1";
        start.Environment["PGPORT"] = Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = parts[0];
        start.Environment["PGPASSWORD"] = parts.Length > 1 ? parts[1] : "none";
        start.Environment["PGDATABASE"] = database;
        start.Environment["PGCONNECT_TIMEOUT"] = "60";
        start.Environment["PGSSLMODE"] = sslMode;
        if (certificate is not null)
        {
            start.Environment["PGSSLCERT"] = certificate;
            start.Environment["PGSSLKEY"] = Path.ChangeExtension(certificate, ".key");
        }

        return Process.Start(start)!;
    }

    public async Task<string> ShowAsync(string sql) => (await PsqlAsync("admin:admin", "pgbouncer", sql)).Output;

    public async Task UntilAsync(Func<Task<bool>> condition, string expected)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(
                Stopwatch.GetElapsedTime(begun) < Bound,
                $"{expected}\n{await File.ReadAllTextAsync(Path.Combine(Directory, "output.log"))}");
            await Task.Delay(10);
        }
    }

    public void Dispose()
    {
        MemberProcesses.KillAll(Directory);
        Process.WaitForExit();
        Process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static string TextOf(string directory, int port, string databases, string settings) => $"""
        [databases]
        {databases}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir = {directory}
        auth_file = {directory}/users.txt
        auth_type = trust
        admin_users = admin
        stats_users = stats
        pidfile = {directory}/pooler.pid
        logfile = {directory}/pooler.log
        {settings}

        """;
}
