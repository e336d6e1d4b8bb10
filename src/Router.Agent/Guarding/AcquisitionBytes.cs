using System.Buffers.Binary;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>24 bytes, little-endian: epoch, lease, create revision.</summary>
internal static class AcquisitionBytes
{
    public static Acquisition Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        new Revision(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])));

    public static void Write(Span<byte> bytes, Acquisition acquisition)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, acquisition.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], acquisition.LeaseId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], acquisition.CreateRevision.Value);
    }
}
