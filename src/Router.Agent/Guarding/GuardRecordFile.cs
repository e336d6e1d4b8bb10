using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>
/// The guard's record in memory (tmpfs), written in one piece. It counts for one boot only, because its deadline is a
/// point of that boot's clock.
/// </summary>
internal sealed class GuardRecordFile : IDisposable
{
    private const int Length = 96;
    private const int SumAt = Length - sizeof(ulong);
    private const int BootAt = 8;
    private const int BootLength = 16;

    private readonly byte[] _boot;
    private readonly byte[] _bytes = new byte[Length];
    private readonly SafeFileHandle _file;

    public GuardRecordFile(string path)
        : this(path, Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()))
    {
    }

    internal GuardRecordFile(string path, Guid boot)
    {
        _boot = boot.ToByteArray();
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
#pragma warning disable CA1416 // The guard needs Linux throughout.
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
#pragma warning restore CA1416
        });
        stream.Flush();
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    private static ReadOnlySpan<byte> Magic => "RGUARD01"u8;

    /// <summary>Null when nothing was recorded in this boot, or not by this format.</summary>
    public GuardRecord? Read()
    {
        var bytes = _bytes.AsSpan();
        if (RandomAccess.Read(_file, bytes, 0) != Length
            || !bytes[..BootAt].SequenceEqual(Magic)
            || !bytes.Slice(BootAt, BootLength).SequenceEqual(_boot)
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[SumAt..]) != Sum(bytes[..SumAt]))
        {
            return null;
        }

        return new GuardRecord(
            (GuardDuty)bytes[24],
            new BootTime(TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]))),
            AcquisitionBytes.Read(bytes[40..]),
            bytes[25] == 0 ? null : AcquisitionBytes.Read(bytes[64..]),
            IsFenced: bytes[26] != 0);
    }

    /// <summary>Allocates nothing.</summary>
    public void Write(in GuardRecord record)
    {
        var bytes = _bytes.AsSpan();
        bytes.Clear();
        Magic.CopyTo(bytes);
        _boot.CopyTo(bytes[BootAt..]);
        bytes[24] = (byte)record.Duty;
        bytes[25] = (byte)(record.Latch is null ? 0 : 1);
        bytes[26] = (byte)(record.IsFenced ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], record.Deadline.SinceBoot.Ticks);
        AcquisitionBytes.Write(bytes[40..], record.Acquisition);
        AcquisitionBytes.Write(bytes[64..], record.Latch.GetValueOrDefault());
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[SumAt..], Sum(bytes[..SumAt]));
        RandomAccess.Write(_file, bytes, 0);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>FNV-1a: tells a whole record from a torn or foreign one.</summary>
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 14695981039346656037UL;
        foreach (var value in bytes)
        {
            sum = unchecked((sum ^ value) * 1099511628211UL);
        }

        return sum;
    }
}
