using System.Text;

namespace Router.Postgres.Fencing;

/// <summary>
/// How the processes of one instance are known. Read while the disk answers, so that the fence itself touches no disk.
/// </summary>
/// <param name="DirectoryUtf8">Real path of the data directory, as /proc shows it.</param>
/// <param name="Uid">Owner of the data directory: PostgreSQL runs under no other.</param>
/// <param name="Inode">Of the data directory, 0 while there is none: a path may be mounted under two names.</param>
/// <param name="PostmasterPid">From postmaster.pid; believed only if that process works in the data directory.</param>
/// <param name="Segment">From postmaster.pid as last seen; a stopped postmaster removes the file.</param>
/// <param name="CgroupKillUtf8">cgroup.kill of the instance's own cgroup, null-terminated; null: it shares one.</param>
internal sealed record InstanceIdentity(
    byte[] DirectoryUtf8,
    uint Uid,
    ulong Inode,
    ulong Device,
    int PostmasterPid,
    SharedSegment? Segment,
    byte[]? CgroupKillUtf8)
{
    public static readonly InstanceIdentity None = new([], 0, 0, 0, 0, null, null);

    public override string ToString() => Encoding.UTF8.GetString(DirectoryUtf8);
}
