using System.Runtime.InteropServices;
using Router.Transport.Linux;

namespace Router.Transport.Uring;

/// <summary>struct io_uring_sqe: one operation that the kernel is asked for.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct SubmissionEntry
{
    [FieldOffset(0)]
    public byte Operation;

    [FieldOffset(1)]
    public byte Flags;

    /// <summary>Flags of sending, receiving and accepting; the kernel's name is ioprio.</summary>
    [FieldOffset(2)]
    public ushort Manner;

    [FieldOffset(4)]
    public int Descriptor;

    [FieldOffset(8)]
    public ulong Offset;

    [FieldOffset(16)]
    public void* Address;

    /// <summary>What a cancel aims at, in the place of an address.</summary>
    [FieldOffset(16)]
    public ulong CancelledData;

    [FieldOffset(24)]
    public uint Length;

    /// <summary>Flags of the operation, or the events of a poll.</summary>
    [FieldOffset(28)]
    public uint OperationFlags;

    [FieldOffset(32)]
    public ulong Data;

    [FieldOffset(40)]
    public ushort BufferGroup;

    /// <summary>A receive into a buffer of the ring, once there is something to receive.</summary>
    public void ReceiveIntoRing()
    {
        Flags = UringCalls.EntryBufferSelect;
        BufferGroup = ReceiveBuffers.Group;
        Manner = UringCalls.PollFirst;
    }

    /// <summary>A send that takes place within the call that submits it, and completes only where it falls short.</summary>
    /// <remarks>Waiting for all and not waiting together: what the socket does not take at once counts as a failure.</remarks>
    public void SendAtOnce(void* bytes, int length)
    {
        Flags = UringCalls.EntrySkipSuccess;
        Address = bytes;
        Length = (uint)length;
        OperationFlags = Native.NoSignal | Native.DontWait | Native.WaitAll;
    }
}
