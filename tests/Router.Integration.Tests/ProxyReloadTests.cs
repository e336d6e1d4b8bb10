using System.Diagnostics;
using Npgsql;
using Router.Demo;
using Router.Testing;

namespace Router.Integration.Tests;

/// <summary>SIGHUP of a real proxy, as the service manager and its clients see it.</summary>
[Trait("Category", "Integration")]
public sealed class ProxyReloadTests : IAsyncLifetime
{
    private const int HangUp = 1;
    private const int Terminate = 15;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly string _directory = Directory.CreateTempSubdirectory("router-reload-").FullName;
    private readonly int _port = FreePort.Take(1)[0];
    private EtcdServers _store = null!;
    private NotifySocket _notify = null!;
    private Process _proxy = null!;

    private string ConfigFile => Path.Combine(_directory, "router.yml");

    private string Log => Path.Combine(_directory, "proxy.log");

    public async Task InitializeAsync()
    {
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        _store = await EtcdServers.StartAsync();
        _notify = new NotifySocket(Path.Combine(_directory, "notify"));
        Write("hold_timeout: 10min");
        _proxy = RouterCommand.Start(
            Log, ["env", $"NOTIFY_SOCKET={_notify.Path}", .. RouterCommand.Router, "proxy", "--config", ConfigFile]);
        Assert.Equal("READY=1", await _notify.NextAsync());
    }

    public async Task DisposeAsync()
    {
        MemberProcesses.KillAll(_directory);
        await _proxy.WaitForExitAsync();
        _proxy.Dispose();
        _notify.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task File_is_read_again_on_SIGHUP_and_a_broken_one_changes_nothing()
    {
        Write("hold_timeout: 1ms", "loops: 3", "log: {level: DEBUG}");
        await ReloadAsync();
        await UntilLoggedAsync("Changed, and in force after a restart of this process only: loops");
        await UntilLoggedAsync("The configuration was read again and is in force");
        Assert.Equal("57P03", await ConnectAsync());

        Write("hold_timeout: 10min", "max_client_con: many");
        await ReloadAsync();
        await UntilLoggedAsync($"{ConfigFile}:5:1: max_client_con: unknown key; did you mean 'max_client_conn'?");
        await UntilLoggedAsync("The configuration stays as it was: the file cannot be used");
        Assert.Equal("57P03", await ConnectAsync());

        MemberProcesses.Signal(_proxy.Id, Terminate);
        Assert.Equal("STOPPING=1", await _notify.NextAsync());
        await _proxy.WaitForExitAsync().WaitAsync(Bound);
        Assert.Equal(0, _proxy.ExitCode);
    }

    private void Write(params string[] settings) => File.WriteAllText(ConfigFile, $"""
        scope: nobody
        etcd3: {"{"}host: "{_store.ClientUrls[0].Authority}"{"}"}
        listen: {"{"}primary: "127.0.0.1:{_port}"{"}"}
        {string.Join('\n', settings)}

        """);

    private async Task ReloadAsync()
    {
        MemberProcesses.Signal(_proxy.Id, HangUp);
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", await _notify.NextAsync());
        Assert.Equal("READY=1", await _notify.NextAsync());
    }

    /// <summary>The SQLSTATE that a client hears.</summary>
    private async Task<string?> ConnectAsync()
    {
        await using var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={_port};Username=nobody;Password=x;Pooling=false;Timeout=60");
        return (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync())).SqlState;
    }

    private async Task UntilLoggedAsync(string words)
    {
        var begun = Stopwatch.StartNew();
        while (!File.ReadAllText(Log).Contains(words, StringComparison.Ordinal))
        {
            Assert.True(begun.Elapsed < Bound, $"expected in the log: {words}\n{File.ReadAllText(Log)}");
            await Task.Delay(20);
        }
    }
}
