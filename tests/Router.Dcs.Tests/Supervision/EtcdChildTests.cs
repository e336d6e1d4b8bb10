using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Dcs.Etcd;
using Router.Dcs.Supervision;
using Router.Testing;

namespace Router.Dcs.Tests.Supervision;

[Trait("Category", "Integration")]
public sealed class EtcdChildTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("router-etcd-child-");
    private readonly int[] _ports = FreePort.Take(2);

    [Fact]
    public async Task Child_serves_restarts_after_its_death_with_its_data_and_stops_cleanly()
    {
        using var stopping = new CancellationTokenSource();
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pids = new PidLog();
        var running = new EtcdChild(Settings(), TimeProvider.System, pids)
            .RunAsync(() => serving.SetResult(), stopping.Token);
        await await Task.WhenAny(serving.Task, running).WaitAsync(Bound);
        await using var dcs = new EtcdDcs(
            new EtcdSettings { Endpoints = [Settings().ClientUrl], Scope = "demo" },
            TimeProvider.System,
            NullLogger<EtcdDcs>.Instance);
        Assert.True((await dcs.CommitAsync(ClusterTransactions.RaceInitialize(), default)).IsOk);
        using (var child = Process.GetProcessById(pids.Served[0]))
        {
            child.Kill();
        }

        await pids.WaitForLifeAsync(2, Bound);

        var read = Assert.IsType<DcsRead.Seen>(await dcs.ReadAsync(default));
        Assert.NotNull(read.View.Initialize.Value);
        Assert.Equal(0, read.View.Incarnation);
        await stopping.CancelAsync();
        await running.WaitAsync(Bound);
        Assert.False(File.Exists($"/proc/{pids.Served[1]}/stat"));
        Assert.True(File.Exists(Settings().LogFile));
    }

    [Fact]
    public async Task Missing_program_names_the_package()
    {
        var error = await FailAsync(Settings() with { Program = "no-such-etcd" });

        Assert.Contains("apt-get install etcd-server", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_in_use_is_told_before_etcd_is_started()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _ports[0]);
        listener.Start();

        var error = await FailAsync(Settings());

        Assert.Contains($"client address 127.0.0.1:{_ports[0]} cannot be used", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_directory_that_cannot_be_written_is_told()
    {
        var file = Path.Combine(_directory.FullName, "file");
        await File.WriteAllTextAsync(file, "");

        var error = await FailAsync(Settings() with { DataDirectory = file });

        Assert.Contains($"The data directory {file} cannot be written", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Etcd_that_ends_at_once_is_an_error_with_its_last_words()
    {
        // Any program that does not know etcd's options.
        var error = await FailAsync(Settings() with { Program = "/bin/ls" });

        Assert.Contains("exit code 2: Try '", error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static async Task<string> FailAsync(EtcdChildSettings settings)
    {
        var child = new EtcdChild(settings, TimeProvider.System, NullLogger<EtcdChild>.Instance);
        var error = await Assert.ThrowsAsync<EtcdChildException>(
            () => child.RunAsync(() => Assert.Fail("It must not serve."), default).WaitAsync(Bound));
        return error.Message;
    }

    private EtcdChildSettings Settings() => new()
    {
        DataDirectory = Path.Combine(_directory.FullName, "data"),
        ClientUrl = new Uri($"http://127.0.0.1:{_ports[0]}"),
        PeerUrl = new Uri($"http://127.0.0.1:{_ports[1]}"),
        RestartDelay = TimeSpan.FromMilliseconds(50),
    };

    /// <summary>Collects the process ids that the supervisor logs when a child serves.</summary>
    private sealed class PidLog : ILogger<EtcdChild>
    {
        private const int ChildServes = 6010;
        private readonly Lock _lock = new();
        private readonly List<int> _served = [];

        public IReadOnlyList<int> Served
        {
            get
            {
                lock (_lock)
                {
                    return [.. _served];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != ChildServes || state is not IEnumerable<KeyValuePair<string, object?>> values)
            {
                return;
            }

            lock (_lock)
            {
                _served.Add(Convert.ToInt32(values.First(value => value.Key == "Pid").Value, CultureInfo.InvariantCulture));
            }
        }

        public async Task WaitForLifeAsync(int life, TimeSpan bound)
        {
            var started = Stopwatch.GetTimestamp();
            while (Served.Count < life)
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < bound, "The child did not come back.");
                await Task.Delay(50);
            }
        }
    }
}
