using System.Runtime.InteropServices;

namespace Router.Transport.Uring;

/// <summary>struct io_uring_cqe: what an operation came to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CompletionEntry
{
    /// <summary>The data of its <see cref="SubmissionEntry"/>.</summary>
    public readonly ulong Data;

    /// <summary>A count or descriptor, or the negative errno.</summary>
    public readonly int Result;

    public readonly uint Flags;
}
