using System.Runtime.InteropServices;

namespace Router.Proxy.Authentication;

/// <summary>The system's accounts by their numbers. The system may ask others over the network, so this can take long.</summary>
internal static unsafe partial class SystemAccounts
{
    private const int OutOfRange = 34;
    private const int SizeMax = 1 << 20;

    /// <summary>Null where there is no such account, or it cannot be looked up.</summary>
    public static string? NameOf(uint userId)
    {
        var entry = stackalloc byte[128];
        for (var size = 1 << 12; size <= SizeMax; size *= 4)
        {
            var texts = new byte[size];
            fixed (byte* buffer = texts)
            {
                nint found;
                var error = getpwuid_r(userId, entry, buffer, (nuint)size, &found);
                if (error != OutOfRange)
                {
                    // The name stands first.
                    return error == 0 && found != 0 ? Marshal.PtrToStringUTF8(*(nint*)found) : null;
                }
            }
        }

        return null;
    }

    [LibraryImport("libc")]
    private static partial int getpwuid_r(uint userId, byte* entry, byte* buffer, nuint size, nint* found);
}
