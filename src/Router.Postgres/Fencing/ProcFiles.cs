namespace Router.Postgres.Fencing;

/// <summary>Reads single facts from /proc without allocating.</summary>
internal static unsafe class ProcFiles
{
    private const int PathMax = 32;
    private const int StatMax = 1024;

    /// <summary>Parent, start time and whether it is dead already; false when there is no such process.</summary>
    public static bool TryReadStat(int pid, out int parentPid, out ulong startTicks, out bool isDead)
    {
        (parentPid, startTicks, isDead) = (0, 0, true);
        var path = stackalloc byte[PathMax];
        WritePath(path, pid, "/stat"u8);
        var fd = Kernel.Open(path, Kernel.ReadOnly | Kernel.CloseOnExec);
        if (fd < 0)
        {
            return false;
        }

        var buffer = stackalloc byte[StatMax];
        var length = Kernel.Read(fd, buffer, StatMax);
        _ = Kernel.Close(fd);
        return length > 0 && ParseStat(new(buffer, (int)length), out parentPid, out startTicks, out isDead);
    }

    /// <summary>
    /// The second field is the program's name, which may hold anything, so count from its last bracket.
    /// </summary>
    internal static bool ParseStat(ReadOnlySpan<byte> stat, out int parentPid, out ulong startTicks, out bool isDead)
    {
        const int ParentField = 1;
        const int StartField = 19;
        (parentPid, startTicks, isDead) = (0, 0, true);
        var nameEnd = stat.LastIndexOf((byte)')');
        if (nameEnd < 0 || nameEnd + 2 >= stat.Length)
        {
            return false;
        }

        var rest = stat[(nameEnd + 2)..];
        isDead = rest[0] is (byte)'Z' or (byte)'X' or (byte)'x';
        for (var field = 0; field <= StartField; field++)
        {
            var end = rest.IndexOf((byte)' ');
            if (end < 0)
            {
                return false;
            }

            if (field == ParentField)
            {
                parentPid = (int)ParseNumber(rest[..end]);
            }
            else if (field == StartField)
            {
                startTicks = ParseNumber(rest[..end]);
            }

            rest = rest[(end + 1)..];
        }

        return true;
    }

    public static bool TryReadOwner(int pid, out uint uid)
    {
        var path = stackalloc byte[PathMax];
        WritePath(path, pid, []);
        StatxBuffer status;
        var found = Kernel.Statx(
            Kernel.AtCurrentDirectory, path, Kernel.StatWithoutSync, StatxBuffer.MaskUid, &status) == 0;
        uid = found ? status.Uid : uint.MaxValue;
        return found;
    }

    /// <summary>
    /// Whether the process works in the instance's data directory: by name, also after the directory was removed, or
    /// by inode when it is mounted under another name.
    /// </summary>
    public static bool WorksIn(int pid, InstanceIdentity instance)
    {
        const int DirectoryMax = 4096;
        var path = stackalloc byte[PathMax];
        WritePath(path, pid, "/cwd"u8);
        var buffer = stackalloc byte[DirectoryMax];
        var length = Kernel.ReadLink(path, buffer, DirectoryMax);
        if (length <= 0)
        {
            return false;
        }

        var directory = new ReadOnlySpan<byte>(buffer, (int)length);
        if (directory.StartsWith(instance.DirectoryUtf8)
            && (length == instance.DirectoryUtf8.Length
                || directory[instance.DirectoryUtf8.Length..].SequenceEqual(" (deleted)"u8)))
        {
            return true;
        }

        StatxBuffer status;
        return instance.Inode != 0
            && Kernel.Statx(
                Kernel.AtCurrentDirectory, path, Kernel.StatWithoutSync, StatxBuffer.MaskInode, &status) == 0
            && status.Inode == instance.Inode
            && DeviceOf(status) == instance.Device;
    }

    public static ulong DeviceOf(in StatxBuffer status) => ((ulong)status.DeviceMajor << 32) | status.DeviceMinor;

    public static ulong ParseNumber(ReadOnlySpan<byte> digits)
    {
        var value = 0UL;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return 0;
            }

            value = (value * 10) + (ulong)(digit - '0');
        }

        return value;
    }

    private static void WritePath(byte* path, int pid, ReadOnlySpan<byte> suffix)
    {
        var span = new Span<byte>(path, PathMax);
        span.Clear();
        "/proc/"u8.CopyTo(span);
        _ = pid.TryFormat(span["/proc/"u8.Length..], out var digits, default, null);
        suffix.CopyTo(span[("/proc/"u8.Length + digits)..]);
    }
}
