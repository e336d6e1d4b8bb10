using System.Buffers.Binary;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>16 bytes, little-endian: epoch, lease.</summary>
internal static class AcquisitionBytes
{
    public static Acquisition Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));

    public static void Write(Span<byte> bytes, Acquisition acquisition)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, acquisition.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], acquisition.LeaseId);
    }
}
