using System.Runtime.InteropServices;

namespace Router.Postgres.Fencing;

/// <summary><c>struct statx</c>, whose layout is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    public const uint MaskUid = 0x8;
    public const uint MaskInode = 0x100;

    [FieldOffset(20)]
    public uint Uid;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}
