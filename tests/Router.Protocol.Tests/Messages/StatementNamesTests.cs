using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class StatementNamesTests
{
    private static readonly byte[] NewName = "PGBOUNCER_4711"u8.ToArray();

    private static readonly byte[][] Messages =
    [
        Message(w => w.Begin(MessageType.Parse).Text("s1").Text("SELECT $1").Int16(1).Int32(23).End()),
        Message(w => w.Begin(MessageType.Parse).Text("").Text("SELECT 1").Int16(0).End()),
        Message(w => w.Begin(MessageType.Bind).Text("portal").Text("a-long-name-of-a-statement").Bytes(new byte[90]).End()),
        Message(w => w.Begin(MessageType.Bind).Text("").Text("").Bytes("\0\0\0\0\0\0"u8).End()),
        Message(w => w.Begin(MessageType.Describe).Byte((byte)'S').Text("s1").End()),
        Message(w => w.Begin(MessageType.Close).Byte((byte)'S').Text("s1").End()),
    ];

    [Fact]
    public void Only_the_name_and_the_length_change_whatever_byte_the_message_is_cut_at()
    {
        foreach (var message in Messages)
        {
            var renamed = Expected(message, NewName);
            var isTakenFrom = 0;
            for (var cut = 0; cut <= message.Length; cut++)
            {
                var writer = new FrameWriter();
                var found = Rewrite(message.AsSpan(0, cut), NewName, writer);
                if (found.Status == ScanStatus.NeedMore)
                {
                    Assert.Equal((0, 0, 0), (found.Consumed, found.Left, writer.Written.Length));
                    Assert.Equal(0, isTakenFrom);
                    continue;
                }

                isTakenFrom = isTakenFrom == 0 ? cut : isTakenFrom;
                Assert.Equal(ScanStatus.Taken, found.Status);
                Assert.Equal(message.Length, found.Consumed + found.Left);
                Assert.Equal(renamed, Joined(writer, message.AsSpan(found.Consumed)));
            }

            Assert.InRange(isTakenFrom, FrameHeader.Size, StatementNames.PrefixMax);
        }
    }

    [Fact]
    public void Bytes_of_the_next_message_are_not_looked_at()
    {
        foreach (var message in Messages)
        {
            var writer = new FrameWriter();
            var found = Rewrite([.. message, .. message], NewName, writer);
            Assert.Equal((ScanStatus.Taken, message.Length), (found.Status, found.Consumed + found.Left));
        }
    }

    [Fact]
    public void A_Bind_of_a_hundred_megabytes_is_renamed_from_its_beginning()
    {
        const int ValueLength = 100 << 20;
        byte[] start = [.. new FrameWriter().Begin(MessageType.Bind).Text("").Text("s").End().Written.Span];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(start.AsSpan(1), start.Length - 1 + ValueLength);
        var writer = new FrameWriter();
        var found = Rewrite(start, "other"u8, writer);
        Assert.Equal((ScanStatus.Taken, start.Length, ValueLength), found);
        FrameHeader.TryRead(writer.Written.Span, FrameSide.Frontend, out var header);
        Assert.Equal(writer.Written.Length + ValueLength, header.TotalLength);
    }

    [Fact]
    public void Messages_without_a_statement_name_pass_as_they_are()
    {
        byte[][] others =
        [
            Message(w => w.Begin(MessageType.Describe).Byte((byte)'P').Text("p").End()),
            Message(w => w.Begin(MessageType.Close).Byte((byte)'X').Text("p").End()),
            Message(w => w.Begin(MessageType.Close).End()),
            Message(w => w.Begin(MessageType.Execute).Text("p").Int32(0).End()),
            Message(w => w.Begin(MessageType.Sync).End()),
        ];
        foreach (var message in others)
        {
            var writer = new FrameWriter();
            var found = Rewrite(message, NewName, writer);
            Assert.Equal(ScanStatus.Taken, found.Status);
            Assert.Equal(message, Joined(writer, message.AsSpan(found.Consumed)));
        }
    }

    [Fact]
    public void A_name_that_is_not_ended_within_the_message_is_malformed()
    {
        AssertMalformed(Message(w => w.Begin(MessageType.Parse).Bytes("s1"u8).End()));
        AssertMalformed(Message(w => w.Begin(MessageType.Parse).End()));
        AssertMalformed(Message(w => w.Begin(MessageType.Bind).Text("p").End()));
        AssertMalformed(Message(w => w.Begin(MessageType.Bind).Text("p").Bytes("s"u8).End()));
        AssertMalformed(Message(w => w.Begin(MessageType.Close).Byte((byte)'S').End()));
        AssertMalformed([.. Message(w => w.Begin(MessageType.Parse).Bytes("s1"u8).End()), 0, 0]);
    }

    [Fact]
    public void A_name_beyond_the_bound_is_malformed_before_the_message_is_all_there()
    {
        byte[] start = [MessageType.Parse, 0x10, 0, 0, 0, .. Enumerable.Repeat((byte)'n', StatementNames.NameMax + 1)];
        Assert.Equal(ScanStatus.NeedMore, Status(start.AsSpan(0, start.Length - 1)));
        Assert.Equal(ScanStatus.Malformed, Status(start));
    }

    [Fact]
    public void A_message_that_is_too_long_under_its_new_name_is_malformed()
    {
        Assert.Equal(ScanStatus.Malformed, Status([MessageType.Bind, 0x3F, 0xFF, 0xFF, 0xFE, 0, 0]));
        Assert.Equal(ScanStatus.Taken, Status([MessageType.Bind, 0x3F, 0xFF, 0xF0, 0xF0, 0, 0]));
    }

    [Fact]
    public void Renaming_allocates_nothing()
    {
        var writer = new FrameWriter();
        Rewrite(Messages[2], NewName, writer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            writer.Clear();
            taken += Rewrite(Messages[i % Messages.Length], NewName, writer).Consumed > 0 ? 1 : 0;
        }

        Assert.Equal((0L, 1000), (GC.GetAllocatedBytesForCurrentThread() - before, taken));
    }

    [Fact]
    public void Noise_never_throws_and_never_takes_more_than_there_is()
    {
        for (var seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            var noise = new byte[random.Next(0, 60)];
            random.NextBytes(noise);
            if (noise.Length > 4)
            {
                noise[0] = "PBDCES"u8[random.Next(6)];
                noise.AsSpan(1, 3).Clear();
            }

            var found = Rewrite(noise, NewName, new FrameWriter());
            Assert.InRange(found.Consumed, 0, noise.Length);
            Assert.True(found.Left >= 0);
        }
    }

    private static void AssertMalformed(byte[] message) => Assert.Equal(ScanStatus.Malformed, Status(message));

    private static ScanStatus Status(ReadOnlySpan<byte> start)
    {
        var writer = new FrameWriter();
        var found = Rewrite(start, NewName, writer);
        Assert.Equal(found.Status == ScanStatus.Taken, writer.Written.Length > 0);
        return found.Status;
    }

    /// <summary>The slow and obvious way: the message is taken apart and written anew.</summary>
    private static byte[] Expected(byte[] message, byte[] newName)
    {
        var reader = new BodyReader(message.AsSpan(FrameHeader.Size));
        var writer = new FrameWriter().Begin(message[0]);
        if (message[0] == MessageType.Bind)
        {
            reader.TryReadTerminated(out var portal);
            writer.Bytes(portal).Byte(0);
        }
        else if (message[0] != MessageType.Parse)
        {
            reader.TryReadByte(out var kind);
            writer.Byte(kind);
        }

        reader.TryReadTerminated(out _);
        return writer.Bytes(newName).Byte(0).Bytes(reader.Rest).End().Written.ToArray();
    }

    private static (ScanStatus Status, int Consumed, int Left) Rewrite(
        ReadOnlySpan<byte> start, ReadOnlySpan<byte> newName, FrameWriter writer)
    {
        var status = StatementNames.TryRead(start, out var names);
        if (status != ScanStatus.Taken)
        {
            return (status, 0, 0);
        }

        if (!names.HasStatement)
        {
            writer.Bytes(start[..FrameHeader.Size]);
            FrameHeader.TryRead(start, FrameSide.Frontend, out var header);
            return (status, FrameHeader.Size, header.BodyLength);
        }

        names.WriteRenamed(writer, start, newName);
        return (status, names.End, names.TotalLength - names.End);
    }

    private static byte[] Joined(FrameWriter writer, ReadOnlySpan<byte> rest) => [.. writer.Written.Span, .. rest];

    private static byte[] Message(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer);
        return writer.Written.ToArray();
    }
}
