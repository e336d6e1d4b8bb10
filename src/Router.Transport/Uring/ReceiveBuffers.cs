using System.Runtime.InteropServices;

namespace Router.Transport.Uring;

/// <summary>
/// The buffers of one loop that the kernel receives into. It takes one when there are bytes and not before, so a
/// connection that waits has none.
/// </summary>
internal sealed unsafe class ReceiveBuffers : IDisposable
{
    public const ushort Group = 0;

    /// <summary>Most messages; what is longer is received straight to where it is wanted.</summary>
    public const int BufferBytes = 4096;

    /// <summary>512 KiB for a loop.</summary>
    public const int CountByDefault = 128;

    private const int TailOffset = 14;

    private readonly int _count;
    private readonly byte* _entries;
    private readonly byte* _bytes;
    private ushort _tail;

    /// <param name="count">A power of two.</param>
    /// <exception cref="TransportException">The system has no memory for them.</exception>
    public ReceiveBuffers(int count)
    {
        _count = count;
        _entries = UringCalls.MapPages((nuint)(count * sizeof(Entry)));
        _bytes = UringCalls.MapPages((nuint)(count * BufferBytes));
    }

    /// <summary>Buffers that no connection holds.</summary>
    public int Free { get; private set; }

    /// <summary>Half of the buffers stay in transit: who would hold more than the other half copies its bytes elsewhere.</summary>
    public bool IsScarce => Free < _count / 2;

    /// <exception cref="TransportException">The kernel refuses.</exception>
    public void RegisterWith(Ring ring)
    {
        var registration = new Registration { Address = _entries, Entries = (uint)_count, Group = Group };
        ring.Register(UringCalls.RegisterBufferRing, &registration, 1);
        for (var buffer = 0; buffer < _count; buffer++)
        {
            Return(buffer);
        }
    }

    public ReadOnlySpan<byte> Content(int buffer, int start, int length) =>
        new(_bytes + (buffer * BufferBytes) + start, length);

    /// <summary>The kernel has put bytes into a buffer.</summary>
    public void Take() => Free--;

    public void Return(int buffer)
    {
        Free++;
        ref var entry = ref ((Entry*)_entries)[_tail & (_count - 1)];
        entry.Address = _bytes + (buffer * BufferBytes);
        entry.Length = BufferBytes;
        entry.Buffer = (ushort)buffer;
        _tail++;
        Volatile.Write(ref *(ushort*)(_entries + TailOffset), _tail);
    }

    public void Dispose()
    {
        UringCalls.Unmap(_entries, (nuint)(_count * sizeof(Entry)));
        UringCalls.Unmap(_bytes, (nuint)(_count * BufferBytes));
    }

    /// <summary>struct io_uring_buf; the last two bytes of the first one are the ring's tail.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct Entry
    {
        [FieldOffset(0)]
        public byte* Address;

        [FieldOffset(8)]
        public uint Length;

        [FieldOffset(12)]
        public ushort Buffer;
    }

    /// <summary>struct io_uring_buf_reg.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct Registration
    {
        [FieldOffset(0)]
        public byte* Address;

        [FieldOffset(8)]
        public uint Entries;

        [FieldOffset(12)]
        public ushort Group;
    }
}
