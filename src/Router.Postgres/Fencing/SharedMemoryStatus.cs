using System.Runtime.InteropServices;

namespace Router.Postgres.Fencing;

/// <summary>
/// <c>struct shmid_ds</c> of 64-bit Linux (x86-64, arm64: 48 bytes of ipc_perm, a size, three times, two process ids,
/// the count). The tail is room for what a C library appends.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct SharedMemoryStatus
{
    [FieldOffset(0)]
    public int Key;

    [FieldOffset(88)]
    public ulong Attached;
}
