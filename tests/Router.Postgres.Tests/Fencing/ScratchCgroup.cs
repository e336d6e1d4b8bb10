using System.Globalization;

namespace Router.Postgres.Tests.Fencing;

/// <summary>A cgroup made for one test.</summary>
internal sealed class ScratchCgroup : IDisposable
{
    private readonly string _path;

    private ScratchCgroup(string path)
    {
        _path = path;
    }

    public static bool IsPossible
    {
        get
        {
            try
            {
                using var group = Make();
                return File.Exists(group.KillFile);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    public string KillFile => _path + "/cgroup.kill";

    public static ScratchCgroup Make()
    {
        var mount = File.ReadLines("/proc/self/mountinfo").First(line => line.Contains(" - cgroup2 ")).Split(' ')[4];
        var path = $"{mount}/guard-{Guid.NewGuid():N}";
        return new ScratchCgroup(Directory.CreateDirectory(path).FullName);
    }

    public async Task TakeAsync(IEnumerable<int> pids)
    {
        foreach (var pid in pids)
        {
            await File.WriteAllTextAsync(_path + "/cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
        }
    }

    public void Dispose()
    {
        // The kernel lets a group go only after its last process was reaped.
        var deadline = Environment.TickCount64 + 30_000;
        while (Environment.TickCount64 < deadline)
        {
            try
            {
                Directory.Delete(_path);
                return;
            }
            catch (IOException)
            {
                _ = Thread.Yield();
            }
        }
    }
}
