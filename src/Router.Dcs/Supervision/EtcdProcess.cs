using System.Diagnostics;
using System.Globalization;

namespace Router.Dcs.Supervision;

/// <summary>One life of the etcd program.</summary>
internal sealed class EtcdProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task _outputDrained;

    private EtcdProcess(Process process)
    {
        _process = process;
        // What etcd writes before its log file is open; kept short for the error of a start that failed.
        _outputDrained = DrainAsync(process.StandardError);
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string LastWords { get; private set; } = "";

    public static EtcdProcess Start(string program, EtcdChildSettings settings)
    {
        var client = settings.ClientUrl.GetLeftPart(UriPartial.Authority);
        var peer = settings.PeerUrl.GetLeftPart(UriPartial.Authority);
        var start = new ProcessStartInfo(program,
            [
                "--name", settings.Name,
                "--data-dir", settings.DataDirectory,
                "--listen-client-urls", client,
                "--advertise-client-urls", client,
                "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer,
                "--initial-cluster", $"{settings.Name}={peer}",
                "--logger", "zap",
                "--log-outputs", settings.LogFile,
                // A cluster's keys change a few times a second: keep an hour of history, and the file small.
                "--auto-compaction-mode", "periodic",
                "--auto-compaction-retention", "1h",
            ])
        {
            RedirectStandardError = true,
        };
        // etcd reads its options from the environment as well, and ours must be the only ones.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ETCD_", StringComparison.Ordinal)).ToArray())
        {
            _ = start.Environment.Remove(name);
        }

        try
        {
            return new EtcdProcess(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new EtcdChildException($"{program} could not be started: {error.Message}", error);
        }
    }

    public async Task WaitForExitAsync(CancellationToken aborted)
    {
        await _process.WaitForExitAsync(aborted);
        await _outputDrained;
    }

    /// <summary>SIGTERM, and SIGKILL where that did not end it in time.</summary>
    public async Task StopAsync(TimeSpan bound, TimeProvider time)
    {
        if (!_process.HasExited)
        {
            await TerminateAsync();
        }

        using var late = new CancellationTokenSource(bound, time);
        try
        {
            await WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task TerminateAsync()
    {
        // The framework has no SIGTERM for other processes; kill(1) is everywhere that etcd is.
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private async Task DrainAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            LastWords = line;
        }
    }
}
