using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Router.Testing.Postgres;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Integration;

/// <summary>A real PostgreSQL behind a real proxy, shared by the tests of a class; every one uses its own tables.</summary>
public class RealServer : IAsyncLifetime
{
    public ScratchPostgres Postgres { get; private set; } = null!;

    public ProxyHarness Proxy { get; private set; } = null!;

    public int Port { get; private set; }

    /// <summary>For Npgsql, through the proxy.</summary>
    public string ConnectionString =>
        $"Host=127.0.0.1;Port={Proxy.Primary.Port};Username=postgres;Database=postgres;Pooling=false;Timeout=30";

    protected virtual ProxyOptions Options => new();

    protected virtual int Loops => 2;

    /// <summary>Each <c>name=value</c>, for the server.</summary>
    protected virtual string[] Settings => [];

    public virtual async Task InitializeAsync()
    {
        Port = FreePort();
        Postgres = await ScratchPostgres.StartNewAsync(
            "proxy",
            [
                "listen_addresses=127.0.0.1", $"port={Port}", "max_connections=60", "wal_level=logical", "lc_messages=C",
                "timezone=UTC", "datestyle=ISO, MDY", .. Settings,
            ]);
        Proxy = new ProxyHarness(Options with { HoldTimeout = TimeSpan.FromSeconds(20) }, Loops);
        Proxy.Views.PublishPrimary("a", Port);
    }

    public async Task DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>Runs a PostgreSQL client program against the proxy; its output, or the failure with its words.</summary>
    public async Task<string> RunAsync(string program, string arguments, string? input = null)
    {
        var (exitCode, output, error) = await TryRunAsync(program, arguments, input);
        return exitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments}: {exitCode}: {error}");
    }

    public async Task<(int ExitCode, string Output, string Error)> TryRunAsync(
        string program, string arguments, string? input = null)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output, await error);
    }

    public Process Start(string program, string arguments)
    {
        var start = new ProcessStartInfo("/usr/lib/postgresql/15/bin/" + program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGHOST"] = "127.0.0.1";
        start.Environment["PGPORT"] = Proxy.Primary.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = "postgres";
        start.Environment["PGDATABASE"] = "postgres";
        start.Environment["PGCONNECT_TIMEOUT"] = "30";
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
