using Router.Protocol.Framing;

namespace Router.Protocol.Tests.Framing;

public sealed class FrameScannerTests
{
    private static readonly byte[] Pipeline = new FrameWriter()
        .Begin(MessageType.Parse).Text("").Text("SELECT $1").Int16(0).End()
        .Begin(MessageType.Sync).End()
        .Begin(MessageType.Query).Text("SELECT 1").End()
        .Begin(MessageType.CopyData).Bytes(new byte[300]).End()
        .Begin(MessageType.CopyDone).End()
        .Written.ToArray();

    [Fact]
    public void Messages_are_found_whatever_byte_the_stream_is_cut_at()
    {
        var whole = Transcript(Pipeline, Pipeline.Length);
        Assert.Equal("P:13 S:0 Q:9 d:300 c:0", whole);
        for (var cut = 0; cut <= Pipeline.Length; cut++)
        {
            Assert.Equal(whole, Transcript(Pipeline, cut));
        }
    }

    [Fact]
    public void Messages_are_found_byte_by_byte()
    {
        var scanner = new FrameScanner(FrameSide.Frontend);
        var headers = 0;
        foreach (var next in Pipeline)
        {
            var found = scanner.Next([next], out var taken);
            Assert.Equal(1, taken);
            headers += found == FrameEvent.Header ? 1 : 0;
        }

        Assert.Equal(5, headers);
        Assert.True(scanner.IsAtBoundary);
    }

    [Fact]
    public void Any_pieces_of_any_stream_give_the_same_messages()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var stream = RandomStream(random);
            var scanner = new FrameScanner(FrameSide.Backend);
            var found = new List<string>();
            for (var at = 0; at < stream.Length;)
            {
                var length = Math.Min(random.Next(1, 40), stream.Length - at);
                Scan(ref scanner, stream.AsSpan(at, length), found);
                at += length;
            }

            Assert.True(scanner.IsAtBoundary, $"seed {seed}");
            Assert.Equal(Obvious(stream), found);
        }
    }

    [Theory]
    [InlineData(MessageType.Query, 3)]
    [InlineData(MessageType.Query, 0)]
    [InlineData(MessageType.Query, -1)]
    [InlineData(MessageType.Query, int.MinValue)]
    [InlineData(MessageType.Query, int.MaxValue)]
    [InlineData(MessageType.Query, FrameLimits.LargeMax + 1)]
    [InlineData(MessageType.Bind, 0x4000_0000)]
    [InlineData(MessageType.Sync, FrameLimits.SmallMax + 1)]
    [InlineData(MessageType.Execute, FrameLimits.SmallMax + 1)]
    [InlineData(MessageType.CopyFail, FrameLimits.SmallMax + 1)]
    [InlineData(MessageType.Terminate, FrameLimits.SmallMax + 1)]
    [InlineData(MessageType.Password, FrameLimits.PasswordMax + 1)]
    [InlineData((byte)'?', FrameLimits.SmallMax + 1)]
    public void Impossible_frontend_lengths_are_malformed_for_good(byte type, int length)
    {
        var header = Header(type, length);
        for (var cut = 0; cut <= FrameHeader.Size; cut++)
        {
            var scanner = new FrameScanner(FrameSide.Frontend);
            var isWhole = cut == FrameHeader.Size;
            Assert.Equal(
                isWhole ? FrameEvent.Malformed : FrameEvent.NeedMore, scanner.Next(header.AsSpan(0, cut), out _));
            Assert.Equal(FrameEvent.Malformed, scanner.Next(header.AsSpan(cut), out _));
            Assert.Equal(FrameEvent.Malformed, scanner.Next(Pipeline, out _));
            Assert.False(scanner.IsAtBoundary);
        }
    }

    [Theory]
    [InlineData(FrameSide.Frontend, MessageType.Query, FrameLimits.LargeMax)]
    [InlineData(FrameSide.Frontend, MessageType.CopyData, FrameLimits.LargeMax)]
    [InlineData(FrameSide.Frontend, MessageType.Describe, FrameLimits.SmallMax)]
    [InlineData(FrameSide.Frontend, MessageType.Password, FrameLimits.PasswordMax)]
    [InlineData(FrameSide.Backend, MessageType.DataRow, FrameLimits.BackendMax)]
    [InlineData(FrameSide.Backend, MessageType.ReadyForQuery, 5)]
    [InlineData(FrameSide.Backend, MessageType.BindComplete, 4)]
    public void The_largest_allowed_length_passes_and_one_more_does_not(FrameSide side, byte type, int length)
    {
        var allowed = new FrameScanner(side);
        Assert.Equal(FrameEvent.Header, allowed.Next(Header(type, length), out _));
        Assert.Equal(length - 4, allowed.BodyRemaining);
        Assert.Equal(FrameEvent.Malformed, new FrameScanner(side).Next(Header(type, length + 1), out _));
    }

    [Fact]
    public void Noise_never_throws_and_never_takes_more_than_there_is()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);
            var scanner = new FrameScanner((FrameSide)(seed % 2));
            var rest = noise.AsSpan();
            while (scanner.Next(rest, out var taken) is FrameEvent.Header or FrameEvent.Body)
            {
                Assert.InRange(taken, 1, rest.Length);
                rest = rest[taken..];
            }
        }
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        var scanner = new FrameScanner(FrameSide.Frontend);
        CountHeaders(ref scanner, Pipeline);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var headers = 0;
        for (var i = 0; i < 1000; i++)
        {
            headers += CountHeaders(ref scanner, Pipeline);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(5000, headers);
    }

    private static int CountHeaders(ref FrameScanner scanner, ReadOnlySpan<byte> input)
    {
        var headers = 0;
        for (var found = FrameEvent.Body; found != FrameEvent.NeedMore;)
        {
            found = scanner.Next(input, out var taken);
            headers += found == FrameEvent.Header ? 1 : 0;
            input = input[taken..];
        }

        return headers;
    }

    private static string Transcript(byte[] stream, int cut)
    {
        var scanner = new FrameScanner(FrameSide.Frontend);
        var found = new List<string>();
        Scan(ref scanner, stream.AsSpan(0, cut), found);
        Scan(ref scanner, stream.AsSpan(cut), found);
        Assert.True(scanner.IsAtBoundary);
        return string.Join(' ', found);
    }

    private static void Scan(ref FrameScanner scanner, ReadOnlySpan<byte> input, List<string> found)
    {
        while (scanner.Next(input, out var taken) is var what && what != FrameEvent.NeedMore)
        {
            if (what == FrameEvent.Header)
            {
                found.Add($"{(char)scanner.Type}:{scanner.BodyRemaining}");
            }

            Assert.NotEqual(FrameEvent.Malformed, what);
            input = input[taken..];
        }
    }

    private static byte[] RandomStream(Random random)
    {
        var writer = new FrameWriter();
        for (var i = random.Next(1, 30); i > 0; i--)
        {
            writer.Begin((byte)"DCETS"[random.Next(5)]).Bytes(new byte[random.Next(0, 60)]).End();
        }

        return writer.Written.ToArray();
    }

    private static List<string> Obvious(ReadOnlySpan<byte> stream)
    {
        var found = new List<string>();
        while (FrameHeader.TryRead(stream, FrameSide.Backend, out var header) == ScanStatus.Taken)
        {
            found.Add($"{(char)header.Type}:{header.BodyLength}");
            stream = stream[header.TotalLength..];
        }

        return found;
    }

    private static byte[] Header(byte type, int length) =>
        [type, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
}
