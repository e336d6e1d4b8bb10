using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class ResultMessageTests
{
    [Fact]
    public void Columns_are_read_as_written()
    {
        var columns = new RowDescription(
        [
            FieldDescription.Text("näme"), FieldDescription.Int4("port"), FieldDescription.Int8("serial"),
            FieldDescription.Numeric("total"), FieldDescription.Bytea("key"),
            new FieldDescription("x", 1043, -1) { TableOid = 16384, AttributeNumber = 2, TypeModifier = 24, Format = 1 },
        ]);
        var body = WrittenMessage.Body(columns.Write);
        Assert.Equal(columns, RowDescription.Parse(body));
        Refuse(body, part => RowDescription.Parse(part));
    }

    [Fact]
    public void A_row_is_read_as_written()
    {
        var row = new DataRow(["a", null, "", "gehéim"]);
        var body = WrittenMessage.Body(row.Write);
        Assert.Equal(row, DataRow.Parse(body));
        Assert.DoesNotContain("gehéim", row.ToString(), StringComparison.Ordinal);
        Refuse(body, part => DataRow.Parse(part));
    }

    [Fact]
    public void As_many_columns_as_a_count_can_tell_are_read_as_written()
    {
        var row = new DataRow([.. Enumerable.Repeat<string?>(null, ushort.MaxValue)]);
        Assert.Equal(row, DataRow.Parse(WrittenMessage.Body(row.Write)));
        var types = new ParameterDescription([.. Enumerable.Range(0, ushort.MaxValue)]);
        Assert.Equal(types, ParameterDescription.Parse(WrittenMessage.Body(types.Write)));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(2)]
    public void A_value_of_an_impossible_length_is_refused(int length) =>
        Assert.Null(DataRow.Parse(
            WrittenMessage.Body(w => w.Begin(MessageType.DataRow).Int16(1).Int32(length).Byte(7).End())));

    [Fact]
    public void A_tag_is_read_as_written()
    {
        var body = WrittenMessage.Body(new CommandComplete("INSERT 0 1").Write);
        Assert.Equal(new CommandComplete("INSERT 0 1"), CommandComplete.Parse(body));
        Refuse(body, part => CommandComplete.Parse(part));
    }

    [Fact]
    public void Parameter_types_are_read_as_written()
    {
        var types = new ParameterDescription([23, 25, -1]);
        var body = WrittenMessage.Body(types.Write);
        Assert.Equal(types, ParameterDescription.Parse(body));
        Refuse(body, part => ParameterDescription.Parse(part));
    }

    [Fact]
    public void A_notice_has_the_fields_of_an_error_and_its_own_type()
    {
        var fields = new ErrorResponse(ErrorSeverity.Notice, "00000", "queued") { Detail = "d" };
        var writer = new FrameWriter();
        NoticeResponse.Write(writer, fields);
        Assert.Equal(MessageType.NoticeResponse, writer.Written.Span[0]);
        Assert.Equal(fields, NoticeResponse.Parse(writer.Written.Span[FrameHeader.Size..]));
    }

    [Fact]
    public void A_message_without_a_body_is_five_bytes()
    {
        Check("1"u8, BodilessMessage.ParseComplete);
        Check("2"u8, BodilessMessage.BindComplete);
        Check("3"u8, BodilessMessage.CloseComplete);
        Check("n"u8, BodilessMessage.NoData);
        Check("I"u8, BodilessMessage.EmptyQueryResponse);
        Check("s"u8, BodilessMessage.PortalSuspended);
        Check("S"u8, BodilessMessage.Sync);
        Check("H"u8, BodilessMessage.Flush);
        Check("X"u8, BodilessMessage.Terminate);

        static void Check(ReadOnlySpan<byte> type, ReadOnlySpan<byte> message) =>
            Assert.Equal(new FrameWriter().Begin(type[0]).End().Written.Span, message);
    }

    [Fact]
    public void A_row_written_from_ready_values_allocates_nothing()
    {
        var writer = new FrameWriter();
        string?[] values = ["app", null, "20"];
        DataRow.Write(writer, values);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            writer.Clear();
            DataRow.Write(writer, values);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Noise_never_throws()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var noise = new byte[random.Next(0, 64)];
            random.NextBytes(noise);
            noise.AsSpan(0, Math.Min(1, noise.Length)).Clear();
            RowDescription.Parse(noise);
            DataRow.Parse(noise);
            ParameterDescription.Parse(noise);
            CommandComplete.Parse(noise);
        }
    }

    /// <summary>Every beginning, and one byte too many.</summary>
    private static void Refuse(byte[] body, Func<byte[], object?> parse)
    {
        Assert.Null(parse([.. body, 0]));
        for (var cut = 0; cut < body.Length; cut++)
        {
            Assert.Null(parse(body[..cut]));
        }
    }
}
