using System.Globalization;
using System.Runtime.InteropServices;
using Router.Postgres.Tools;

namespace Router.Postgres.Processes;

/// <summary>
/// Starts a postmaster that outlives this process (rule S18): a session of its own, default signals, none of our
/// descriptors, its output in a file. <c>Process.Start</c> makes no session, hence posix_spawn.
/// </summary>
internal static unsafe class PostmasterSpawn
{
    // glibc needs 336 and 80 bytes, musl less.
    private const int OpaqueSize = 1024;
    private const int SignalSetSize = 128;
    private const int OpenReadOnly = 0;
    private const int OpenAppend = 0x1 | 0x40 | 0x400;
    private const uint PrivateMode = 0x180;

    /// <summary>The process id.</summary>
    /// <exception cref="IOException">The program cannot be run.</exception>
    public static int Start(string program, IReadOnlyList<string> arguments, string outputPath)
    {
        KeepDescriptors();
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        var strings = new List<nint>();
        try
        {
            var path = Utf8(program, strings);
            PrepareDescriptors(actions, Utf8("/dev/null", strings), Utf8(outputPath, strings));
            PrepareSession(attributes);
            int pid;
            var error = Libc.Spawn(
                &pid, path, actions, attributes, Vector([program, .. arguments], strings), Vector(Variables(), strings));
            return error == 0
                ? pid
                : throw new IOException($"{program} cannot be run: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
        finally
        {
            _ = Libc.DestroyFileActions(actions);
            _ = Libc.DestroyAttributes(attributes);
            strings.ForEach(Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>
    /// The runtime opens everything close-on-exec; a library or whoever started us may not have: a postmaster that
    /// holds our listening socket would keep the port after we are gone.
    /// </summary>
    private static void KeepDescriptors()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out var fd) && fd > 2)
            {
                _ = Libc.Control(fd, Libc.SetDescriptorFlags, Libc.SetCloseOnExec);
            }
        }
    }

    private static void PrepareDescriptors(void* actions, byte* input, byte* output)
    {
        _ = Libc.InitFileActions(actions);
        _ = Libc.AddOpen(actions, 0, input, OpenReadOnly, 0);
        _ = Libc.AddOpen(actions, 1, output, OpenAppend, PrivateMode);
        _ = Libc.AddDuplicate(actions, 1, 2);
    }

    private static void PrepareSession(void* attributes)
    {
        var all = stackalloc byte[SignalSetSize];
        var none = stackalloc byte[SignalSetSize];
        _ = Libc.FillSignals(all);
        _ = Libc.EmptySignals(none);
        _ = Libc.InitAttributes(attributes);
        _ = Libc.SetSignalDefaults(attributes, all);
        _ = Libc.SetSignalMask(attributes, none);
        _ = Libc.SetFlags(
            attributes, Libc.SpawnSignalDefaults | Libc.SpawnSignalMask | Libc.SpawnNewSession);
    }

    /// <summary>
    /// Backends take the ordinary score again where the postmaster was started with a protected one: a child that runs
    /// wild is killed in its place.
    /// </summary>
    private static IReadOnlyList<string> Variables()
    {
        var variables = ChildEnvironment.Build();
        variables["PG_OOM_ADJUST_FILE"] = "/proc/self/oom_score_adj";
        variables["PG_OOM_ADJUST_VALUE"] = "0";
        return [.. variables.Select(pair => $"{pair.Key}={pair.Value}")];
    }

    private static byte* Utf8(string text, List<nint> strings)
    {
        var memory = Marshal.StringToCoTaskMemUTF8(text);
        strings.Add(memory);
        return (byte*)memory;
    }

    private static byte** Vector(IReadOnlyList<string> items, List<nint> strings)
    {
        var memory = Marshal.AllocCoTaskMem((items.Count + 1) * sizeof(nint));
        strings.Add(memory);
        var vector = (byte**)memory;
        for (var i = 0; i < items.Count; i++)
        {
            vector[i] = Utf8(items[i], strings);
        }

        vector[items.Count] = null;
        return vector;
    }
}
