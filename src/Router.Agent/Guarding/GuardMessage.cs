using System.Buffers.Binary;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>
/// One message on the guard's socket, which keeps message boundaries (SOCK_SEQPACKET): 48 bytes, then the payload.
/// Layout, little-endian: "RG", version, kind, number of the request (4 bytes), deadline in ticks of 100 ns since boot,
/// epoch, lease (8 bytes each), 8 spare bytes, detail, duty, flag, 5 spare bytes.
/// </summary>
internal readonly record struct GuardMessage
{
    public const byte Version = 1;
    public const int HeaderLength = 48;
    public const int PayloadMax = 16384;

    public GuardMessageKind Kind { get; init; }

    public uint Number { get; init; }

    public BootTime Deadline { get; init; }

    public Acquisition Acquisition { get; init; }

    /// <summary>Of a disarm.</summary>
    public DisarmReason Reason { get; init; }

    /// <summary>Of an answer.</summary>
    public GuardAnswer Answer { get; init; }

    /// <summary>Of an answer.</summary>
    public GuardDuty Duty { get; init; }

    /// <summary>Of a registration: nobody but the guard restarts the agent.</summary>
    public bool RestartsAgent { get; init; }

    public void Write(Span<byte> bytes)
    {
        bytes[..HeaderLength].Clear();
        "RG"u8.CopyTo(bytes);
        bytes[2] = Version;
        bytes[3] = (byte)Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Deadline.SinceBoot.Ticks);
        AcquisitionBytes.Write(bytes[16..], Acquisition);
        bytes[40] = Kind == GuardMessageKind.Answer ? (byte)Answer : (byte)Reason;
        bytes[41] = (byte)Duty;
        bytes[42] = (byte)(RestartsAgent ? 1 : 0);
    }

    /// <summary>False for what is no message of this version: the sender is dropped.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out GuardMessage message)
    {
        message = default;
        if (bytes.Length < HeaderLength || !bytes.StartsWith("RG"u8) || bytes[2] != Version
            || bytes[3] is < (byte)GuardMessageKind.Register or > (byte)GuardMessageKind.Answer
            || bytes[40] > (byte)GuardAnswer.PrimaryRuns || bytes[41] > (byte)GuardDuty.Fired)
        {
            return false;
        }

        var kind = (GuardMessageKind)bytes[3];
        if (kind == GuardMessageKind.Disarm && bytes[40] > (byte)DisarmReason.Paused)
        {
            return false;
        }

        message = new GuardMessage
        {
            Kind = kind,
            Number = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            Deadline = new BootTime(TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]))),
            Acquisition = AcquisitionBytes.Read(bytes[16..]),
            Reason = kind == GuardMessageKind.Disarm ? (DisarmReason)bytes[40] : default,
            Answer = kind == GuardMessageKind.Answer ? (GuardAnswer)bytes[40] : default,
            Duty = (GuardDuty)bytes[41],
            RestartsAgent = bytes[42] != 0,
        };
        return true;
    }
}
