using System.Globalization;
using System.Text;

namespace Router.Postgres.Fencing;

/// <summary>
/// Finds the cgroup (version 2) that holds this instance and nobody else, if the operator or a service manager made
/// one: a postmaster that shares its agent's cgroup, the usual case, has none.
/// </summary>
internal sealed class InstanceCgroup
{
    private string? _mount;
    private bool _hasLooked;

    /// <summary>The null-terminated path of cgroup.kill; null when the instance has no cgroup of its own.</summary>
    public byte[]? Find(ReadOnlySpan<ProcessEntry> members)
    {
        if (members.IsEmpty || Mount() is not { } mount)
        {
            return null;
        }

        try
        {
            var group = GroupOf(members[0].Pid);
            var directory = mount + group;
            return group is not (null or "/") && HoldsOnly(directory, members)
                && File.Exists(directory + "/cgroup.kill")
                ? Encoding.UTF8.GetBytes(directory + "/cgroup.kill\0")
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? GroupOf(int pid)
    {
        foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cgroup")))
        {
            if (line.StartsWith("0::/", StringComparison.Ordinal))
            {
                return line["0::".Length..];
            }
        }

        return null;
    }

    private static bool HoldsOnly(string directory, ReadOnlySpan<ProcessEntry> members)
    {
        if (Directory.EnumerateDirectories(directory).Any())
        {
            return false;
        }

        foreach (var line in File.ReadLines(directory + "/cgroup.procs"))
        {
            var pid = int.Parse(line, CultureInfo.InvariantCulture);
            if (!Contains(members, pid))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Contains(ReadOnlySpan<ProcessEntry> members, int pid)
    {
        foreach (ref readonly var member in members)
        {
            if (member.Pid == pid)
            {
                return true;
            }
        }

        return false;
    }

    private string? Mount()
    {
        if (!_hasLooked)
        {
            _hasLooked = true;
            _mount = FindMount();
        }

        return _mount;
    }

    private static string? FindMount()
    {
        const int MountPointField = 4;
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator > MountPointField && fields.ElementAtOrDefault(separator + 1) == "cgroup2")
            {
                return fields[MountPointField];
            }
        }

        return null;
    }
}
