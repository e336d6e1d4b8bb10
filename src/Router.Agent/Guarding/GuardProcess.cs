using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Postgres.Fencing;

namespace Router.Agent.Guarding;

/// <summary>What <c>router guard</c> runs.</summary>
public static class GuardProcess
{
    private const int Backlog = 8;

    private static readonly TimeSpan LockBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Guards until nothing is left to guard or until <paramref name="stopping"/>. Answers false when another guard has
    /// this data directory.
    /// </summary>
    /// <exception cref="IOException">Socket, lock or record cannot be made; the message says where.</exception>
    public static async Task<bool> RunAsync(
        GuardOptions options, IBootClock clock, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(options);
        var dataDirectory = Path.GetFullPath(options.DataDirectory);
        var paths = GuardPaths.For(dataDirectory, options.SocketDirectory);
        GuardSession.Begin();
        using var held = await TakeLockAsync(paths.Lock, time, stopping);
        if (held is null)
        {
            return false;
        }

        using var fence = new InstanceFence(dataDirectory);
        using var record = new GuardRecordFile(paths.Record);
        _ = fence.Refresh();
        GuardSession.LockMemory();
        var rehearsal = fence.Rehearse();
        GuardLog.Started(logger, dataDirectory, paths.Socket, rehearsal.Signalled);
        await ServeAsync(options, paths, clock, fence, record, logger, stopping);
        return true;
    }

    /// <summary>The intermediate: starts a command in no session of ours and lets go of it.</summary>
    /// <exception cref="Win32Exception">The command cannot be started.</exception>
    public static void Launch(AgentCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        DetachedStart.Launch(command);
    }

    /// <summary>The lock of the data directory's guard; null when somebody keeps it beyond the bound.</summary>
    internal static async Task<FileStream?> TakeLockAsync(string path, TimeProvider time, CancellationToken stopping)
    {
        // The predecessor may be dying.
        for (var since = time.GetTimestamp(); ;)
        {
            try
            {
                // FileShare.None is flock(LOCK_EX): it ends with the process, however that ends.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(since) < LockBound)
            {
                await Task.Delay(LockEvery, time, stopping);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    private static async Task ServeAsync(
        GuardOptions options,
        GuardPaths paths,
        IBootClock clock,
        InstanceFence fence,
        GuardRecordFile record,
        ILogger logger,
        CancellationToken stopping)
    {
        using var ending = new CancellationTokenSource();
        using var signal = new LoopSignal();
        var journal = new GuardJournal(logger);
        var observer = new InstanceObserver(fence, signal);
        var restarter = new AgentRestarter(options.Router, journal);
        using var server = new GuardServer(
            clock, fence, record, observer, restarter, journal, signal, Listen(paths.Socket));
        Task[] chores = [journal.RunAsync(), observer.RunAsync(ending.Token), restarter.RunAsync(ending.Token)];
        try
        {
            await Task.Factory.StartNew(
                () => server.Run(stopping),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        finally
        {
            File.Delete(paths.Socket);
            journal.Note(GuardLog.Ended);
            journal.Close();
            await ending.CancelAsync();
            await FinishAsync(chores);
        }
    }

    /// <summary>A chore that hangs on a disk does not keep the guard from ending.</summary>
    private static async Task FinishAsync(Task[] chores)
    {
        try
        {
            await Task.WhenAll(chores).WaitAsync(EndBound);
        }
        catch (TimeoutException)
        {
            // The process ends with it.
        }
    }

    private static Socket Listen(string path)
    {
        // We hold the lock: whatever lies there is a predecessor's.
        File.Delete(path);
        var socket = PeerSocket.Create();
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"The guard cannot listen at {path}: {e.Message}", e);
        }
    }
}
