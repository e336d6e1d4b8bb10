using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Router.Transport.Epoll;

/// <summary>
/// The array that epoll_wait fills. struct epoll_event is packed on x86-64 and aligned elsewhere, so it is laid out here
/// by hand.
/// </summary>
internal sealed unsafe class EpollEvents
{
    public const int MaxStride = 16;

    private readonly byte[] _bytes;

    public EpollEvents(int capacity)
    {
        Capacity = capacity;
        _bytes = GC.AllocateUninitializedArray<byte>(capacity * MaxStride, pinned: true);
        Pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));
    }

    public int Capacity { get; }

    public byte* Pointer { get; }

    private static bool IsPacked => RuntimeInformation.ProcessArchitecture is Architecture.X64;

    private static int Stride => IsPacked ? 12 : 16;

    private static int DataOffset => IsPacked ? 4 : 8;

    public static void Write(byte* entry, int events, ulong data)
    {
        Unsafe.WriteUnaligned(entry, events);
        Unsafe.WriteUnaligned(entry + DataOffset, data);
    }

    public int EventsAt(int index) => Unsafe.ReadUnaligned<int>(Pointer + (index * Stride));

    public ulong DataAt(int index) => Unsafe.ReadUnaligned<ulong>(Pointer + (index * Stride) + DataOffset);
}
