using System.Text;
using Router.Postgres.Fencing;

namespace Router.Postgres.Files;

/// <summary>Whose a file is.</summary>
internal static unsafe class PathOwner
{
    /// <summary>The user's number; null where the kernel does not say.</summary>
    public static uint? Of(string path)
    {
        StatxBuffer status;
        fixed (byte* start = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return Kernel.Statx(Kernel.AtCurrentDirectory, start, 0, StatxBuffer.MaskUid, &status) == 0
                ? status.Uid
                : null;
        }
    }
}
