using System.Diagnostics;
using Router.Agent.Guarding;

namespace Router.Agent.Tests.Guarding;

/// <summary>
/// A process with a guard's lock and socket that takes what is sent and says nothing. It needs a process of its own,
/// because it will be killed.
/// </summary>
internal sealed class MuteGuard : IDisposable
{
    private const string Program = """
        import fcntl, os, socket, sys
        lock = open(sys.argv[1], 'w')
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(sys.argv[2]):
            os.unlink(sys.argv[2])
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(sys.argv[2])
        listener.listen()
        print('listens', flush=True)
        agent, _ = listener.accept()
        while agent.recv(65536):
            pass
        """;

    private readonly Process _process;

    private MuteGuard(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <summary>Returns when it listens.</summary>
    public static async Task<MuteGuard> StartAsync(GuardPaths paths)
    {
        var start = new ProcessStartInfo("python3", ["-c", Program, paths.Lock, paths.Socket])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        var mute = new MuteGuard(Process.Start(start)!);
        Assert.Equal("listens", await mute._process.StandardOutput.ReadLineAsync());
        return mute;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
