using System.Globalization;
using System.Text;
using Router.Cluster.Guarding;

namespace Router.Postgres.Fencing;

/// <summary>
/// Reads an instance's identity from its data directory, and what it does, without asking PostgreSQL.
/// </summary>
internal sealed class InstanceReader(string dataDirectory) : IDisposable
{
    private readonly ProcessScan _scan = new();
    private readonly InstanceCgroup _cgroup = new();

    public int AgentPid
    {
        get => _scan.AgentPid;
        set => _scan.AgentPid = value;
    }

    /// <param name="last">What was known: a stopped postmaster has removed the file that named its segment.</param>
    public (InstanceIdentity Instance, InstanceSighting Sighting) Read(InstanceIdentity last)
    {
        try
        {
            var file = ReadPostmasterFile();
            var instance = Identify(last, file);
            _scan.Run(instance);
            instance = instance with { CgroupKillUtf8 = _cgroup.Find(_scan.Members) };
            return (instance, Judge(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (last, InstanceSighting.Unknown);
        }
    }

    public void Dispose() => _scan.Dispose();

    private PostmasterFile? ReadPostmasterFile()
    {
        try
        {
            return PostmasterFile.Parse(File.ReadAllText(Path.Combine(dataDirectory, PostmasterFile.Name)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private InstanceIdentity Identify(InstanceIdentity last, PostmasterFile? file)
    {
        var path = RealPath();
        var (uid, inode, device) = Stat(path);
        return new InstanceIdentity(
            Encoding.UTF8.GetBytes(path),
            uid,
            inode,
            device,
            file is { IsSingleUser: false } ? file.Pid : 0,
            file?.Segment ?? last.Segment,
            CgroupKillUtf8: null);
    }

    private string RealPath()
    {
        var full = Path.GetFullPath(dataDirectory);
        return PathResolution.Resolve(full);
    }

    private static unsafe (uint Uid, ulong Inode, ulong Device) Stat(string path)
    {
        StatxBuffer status;
        fixed (byte* pathStart = Encoding.UTF8.GetBytes(path + '\0'))
        {
            // A directory that does not exist yet will be made by this process's user.
            return Kernel.Statx(
                Kernel.AtCurrentDirectory, pathStart, 0, StatxBuffer.MaskUid | StatxBuffer.MaskInode, &status) == 0
                ? (status.Uid, status.Inode, ProcFiles.DeviceOf(status))
                : (OwnUid(), 0, 0);
        }
    }

    private static uint OwnUid() =>
        ProcFiles.TryReadOwner(Environment.ProcessId, out var uid) ? uid : uint.MaxValue;

    private InstanceSighting Judge(PostmasterFile? file)
    {
        if (_scan.Members.IsEmpty || IsSingleUserOnly(file))
        {
            return InstanceSighting.Stopped;
        }

        // PostgreSQL removes both files before it ends recovery, never after.
        return File.Exists(Path.Combine(dataDirectory, "standby.signal"))
            || File.Exists(Path.Combine(dataDirectory, "recovery.signal"))
            ? InstanceSighting.InRecovery
            : InstanceSighting.Primary;
    }

    /// <summary>
    /// A single-user server takes no clients: a rewind recovers a killed primary by one. Neither at its first breath nor
    /// at its last does its lock file lie there, so that its command line counts too.
    /// </summary>
    private bool IsSingleUserOnly(PostmasterFile? file)
    {
        var areAll = true;
        foreach (ref readonly var process in _scan.Members)
        {
            if (file is { IsSingleUser: true } && process.Pid == file.Pid)
            {
                return true;
            }

            areAll &= IsSingleUser(process.Pid);
        }

        return areAll;
    }

    private static bool IsSingleUser(int pid)
    {
        try
        {
            var command = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline"));
            return command.Split('\0') is [_, "--single", ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended since, or nothing is known of it.
            return false;
        }
    }
}
