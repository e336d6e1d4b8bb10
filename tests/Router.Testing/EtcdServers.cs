using System.Diagnostics;
using System.Globalization;

namespace Router.Testing;

/// <summary>
/// Real etcd members of one cluster on free ports, with data in a temporary directory that goes with them. Members are
/// killed, stopped, continued and restarted by index.
/// </summary>
public sealed class EtcdServers : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly string _directory;
    private readonly int[] _clientPorts;
    private readonly int[] _peerPorts;
    private readonly string[] _extraArguments;
    private readonly Process?[] _members;

    private EtcdServers(int count, string[] extraArguments)
    {
        var ports = FreePort.Take(2 * count);
        _clientPorts = ports[..count];
        _peerPorts = ports[count..];
        _extraArguments = extraArguments;
        _members = new Process?[count];
        _directory = Directory.CreateTempSubdirectory("router-etcd-").FullName;
    }

    public IReadOnlyList<Uri> ClientUrls => [.. _clientPorts.Select(port => Url(port))];

    /// <summary>Where a member started by <see cref="StartWithTlsAsync"/> takes TLS with a client certificate.</summary>
    public Uri? TlsUrl { get; private init; }

    public IReadOnlyList<Uri> PeerUrls => [.. _peerPorts.Select(port => Url(port))];

    public string DirectoryPath => _directory;

    public static async Task<EtcdServers> StartAsync(int count = 1, params string[] extraArguments)
    {
        var servers = new EtcdServers(count, extraArguments);
        try
        {
            for (var index = 0; index < count; index++)
            {
                servers.Launch(index);
            }

            await servers.WaitUntilHealthyAsync();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>One member that serves plain text to its own tests and TLS beside it.</summary>
    public static async Task<EtcdServers> StartWithTlsAsync(string caFile, string certificateFile, string keyFile)
    {
        var tlsUrl = new Uri($"https://127.0.0.1:{FreePort.Take(1)[0]}");
        var servers = new EtcdServers(
            1,
            [
                "--client-cert-auth", "--trusted-ca-file", caFile, "--cert-file", certificateFile, "--key-file", keyFile,
            ])
        {
            TlsUrl = tlsUrl,
        };
        servers.Launch(0);
        await servers.WaitUntilHealthyAsync();
        return servers;
    }

    private string InitialCluster =>
        string.Join(',', _peerPorts.Select((port, member) => $"{Name(member)}=http://127.0.0.1:{port}"));

    public string DataDirectory(int index) => Path.Combine(_directory, Name(index));

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync(int index)
    {
        if (_members[index] is not { } member)
        {
            return;
        }

        member.Kill();
        await member.WaitForExitAsync();
        member.Dispose();
        _members[index] = null;
    }

    public async Task RestartAsync(int index)
    {
        await KillAsync(index);
        Launch(index);
        await WaitUntilHealthyAsync();
    }

    /// <summary>Kills a single member, throws its data away and starts it again: another history, from its beginning.</summary>
    public async Task ReplaceByEmptyAsync(int index)
    {
        await KillAsync(index);
        Directory.Delete(DataDirectory(index), recursive: true);
        Launch(index);
        await WaitUntilHealthyAsync();
    }

    /// <summary>SIGSTOP: the ports stay open and nobody answers.</summary>
    public Task PauseAsync(int index) => SignalAsync(index, "-STOP");

    public Task ContinueAsync(int index) => SignalAsync(index, "-CONT");

    private string BackupFile => Path.Combine(_directory, "backup.db");

    /// <summary>Saves what a member holds now.</summary>
    public async Task BackupAsync(int index) => _ = await RunAsync(
        "etcdctl", [$"--endpoints={Bare(ClientUrls[index])}", "snapshot", "save", BackupFile]);

    /// <summary>Kills a single member, puts the backup in place of its data, and starts it again.</summary>
    public async Task RestoreAsync(int index)
    {
        await KillAsync(index);
        Directory.Delete(DataDirectory(index), recursive: true);
        _ = await RunAsync("etcdctl",
            [
                "snapshot", "restore", BackupFile, "--data-dir", DataDirectory(index), "--name", Name(index),
                "--initial-cluster", InitialCluster, "--initial-advertise-peer-urls", Bare(PeerUrls[index]),
            ]);
        Launch(index);
        await WaitUntilHealthyAsync();
    }

    /// <summary>etcdctl against all members, or one; its output.</summary>
    public Task<string> ControlAsync(params string[] arguments) =>
        RunAsync("etcdctl", [$"--endpoints={string.Join(',', ClientUrls.Select(Bare))}", .. arguments]);

    /// <summary>
    /// Whoever asks has to log in from now on: <c>router</c> with the password <c>secret</c> may use this scope, and
    /// <c>stranger</c>, whose password is its name, nothing.
    /// </summary>
    public async Task EnableAuthenticationAsync(string scope)
    {
        _ = await ControlAsync("user", "add", "root:root");
        _ = await ControlAsync("user", "add", "router:secret");
        _ = await ControlAsync("user", "add", "stranger:stranger");
        _ = await ControlAsync("role", "add", "router");
        _ = await ControlAsync("role", "grant-permission", "router", "--prefix=true", "readwrite", $"/service/{scope}/");
        _ = await ControlAsync("user", "grant-role", "router", "router");
        _ = await ControlAsync("auth", "enable");
    }

    public async Task WaitUntilHealthyAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var answers = await Task.WhenAll(
                    ClientUrls.Select(url => client.GetStringAsync(new Uri(url, "/health"))));
                if (answers.All(answer => answer.Contains("\"true\"", StringComparison.Ordinal)))
                {
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                if (Stopwatch.GetElapsedTime(started) > StartBound)
                {
                    throw new TimeoutException($"etcd at {string.Join(", ", ClientUrls)} did not become healthy.", error);
                }
            }

            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var index = 0; index < _members.Length; index++)
        {
            await KillAsync(index);
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static Uri Url(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"etcd{index}");

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETCDCTL_API"] = "3";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }

    private void Launch(int index)
    {
        var start = new ProcessStartInfo("etcd",
            [
                "--name", Name(index), "--data-dir", DataDirectory(index),
                "--listen-client-urls", ListenUrls(index), "--advertise-client-urls", Bare(ClientUrls[index]),
                "--listen-peer-urls", Bare(PeerUrls[index]), "--initial-advertise-peer-urls", Bare(PeerUrls[index]),
                "--initial-cluster", InitialCluster, "--logger", "zap", "--log-outputs", Path.Combine(_directory, $"{Name(index)}.log"),
                .. _extraArguments,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _members[index] = Process.Start(start);
    }

    private string ListenUrls(int index) =>
        TlsUrl is null ? Bare(ClientUrls[index]) : $"{Bare(ClientUrls[index])},{Bare(TlsUrl)}";

    private static string Bare(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private async Task SignalAsync(int index, string signal)
    {
        if (_members[index] is { } member)
        {
            _ = await RunAsync("kill", [signal, member.Id.ToString(CultureInfo.InvariantCulture)]);
        }
    }
}
