using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Postgres.Fencing;
using Router.Testing;
using Router.Testing.Postgres;

namespace Router.Agent.Tests.Guarding;

/// <summary>One agent's keeper in this process, and the guard process that it starts.</summary>
internal sealed class GuardHost : IAsyncDisposable
{
    public static readonly Acquisition First = new(1, 0x51);
    public static readonly Acquisition Second = new(2, 0x52);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    private GuardHost(GuardOptions options)
    {
        Options = options;
        Keeper = new GuardKeeper(options, agent: null, Clock, TimeProvider.System, NullLogger<GuardKeeper>.Instance);
        _running = Keeper.RunAsync(_stopping.Token);
    }

    public LinuxBootClock Clock { get; } = new();

    public GuardOptions Options { get; }

    public GuardKeeper Keeper { get; }

    public BootTime In(double seconds) => Clock.Now + TimeSpan.FromSeconds(seconds);

    public static GuardOptions OptionsFor(string dataDirectory) =>
        new(dataDirectory, dataDirectory + "-guard", RouterProgram.Command);

    /// <summary>Does not wait for a guard that answers.</summary>
    public static GuardHost Begin(string dataDirectory) => new(OptionsFor(dataDirectory));

    public static async Task<GuardHost> StartAsync(string dataDirectory)
    {
        var host = Begin(dataDirectory);
        await Eventually.TrueAsync(() => host.Keeper.State is GuardState.Disarmed, "a guard answers");
        return host;
    }

    /// <summary>The deadline that is far enough to be fed in time on any machine.</summary>
    public async Task ArmAsync(double seconds, Acquisition acquisition) =>
        Assert.Equal(ArmOutcome.Armed, await Keeper.ArmAsync(In(seconds), acquisition, CancellationToken.None));

    public async Task<int> WaitForOtherGuardAsync(int former)
    {
        await Eventually.TrueAsync(
            () => Keeper.GuardPid is { } pid && pid != former && Keeper.State is not GuardState.Missing,
            "another guard answers");
        return Keeper.GuardPid!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        await EndAllAsync(Options.DataDirectory);
    }

    /// <summary>The agent ends on purpose; its guard stays while there is something to guard.</summary>
    public async Task LeaveAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await _stopping.CancelAsync();
            await _running;
            _stopping.Dispose();
        }
    }

    /// <summary>
    /// Ends agents, guards, and what starts either. A guard starts its agent again and a keeper its guard, so one round
    /// may not be enough.
    /// </summary>
    public static async Task EndAllAsync(string dataDirectory)
    {
        var mark = OptionsFor(dataDirectory).SocketDirectory;
        for (var left = Find(); left.Count > 0; left = Find())
        {
            foreach (var pid in left)
            {
                await EndAsync(pid);
            }
        }

        List<int> Find() => PidsWhere(command => command.Contains(mark));
    }

    public static List<int> PidsWhere(Func<string[], bool> isWanted) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && IsAlive(pid) && isWanted(CommandOf(pid))),
    ];

    private static string[] CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static async Task EndAsync(int pid)
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

        await Eventually.TrueAsync(() => !IsAlive(pid), "the process ended");
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat") is var stat
                && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static Task KillAsync(string signal, int pid) => ScratchPostgres.SignalAsync(signal, pid);
}
