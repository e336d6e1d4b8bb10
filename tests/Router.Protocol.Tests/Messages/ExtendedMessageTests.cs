using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class ExtendedMessageTests
{
    [Fact]
    public void Parse_gives_name_query_and_types()
    {
        var body = WrittenMessage.Body(
            w => w.Begin(MessageType.Parse).Text("s1").Text("SELECT $1").Int16(2).Int32(23).Int32(25).End());
        Assert.True(ParseMessage.TryRead(body, out var message));
        Assert.True(message.Statement.SequenceEqual("s1"u8));
        Assert.True(message.Query.SequenceEqual("SELECT $1"u8));
        Assert.True(message.ParameterTypes.SequenceEqual(new byte[] { 0, 0, 0, 23, 0, 0, 0, 25 }));
        Assert.True(message.Identity.SequenceEqual(body.AsSpan(3)));
        Assert.False(ParseMessage.TryRead([.. body, 0], out _));
        for (var cut = 0; cut < body.Length; cut++)
        {
            Assert.False(ParseMessage.TryRead(body.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void The_same_query_with_other_types_is_another_statement()
    {
        Assert.True(ParseMessage.TryRead(Parsed("a", 23), out var one));
        Assert.True(ParseMessage.TryRead(Parsed("b", 23), out var same));
        Assert.True(ParseMessage.TryRead(Parsed("a", 25), out var other));
        Assert.True(one.Identity.SequenceEqual(same.Identity));
        Assert.False(one.Identity.SequenceEqual(other.Identity));

        static byte[] Parsed(string name, int type) => WrittenMessage.Body(
            w => w.Begin(MessageType.Parse).Text(name).Text("SELECT $1").Int16(1).Int32(type).End());
    }

    [Fact]
    public void Bind_gives_its_names_as_soon_as_they_are_there()
    {
        var body = WrittenMessage.Body(
            w => w.Begin(MessageType.Bind).Text("p").Text("s1").Bytes(new byte[50]).End()).AsSpan();
        for (var cut = 0; cut <= body.Length; cut++)
        {
            var status = BindMessage.TryRead(body[..cut], body.Length, out var message);
            Assert.Equal(cut < 5 ? ScanStatus.NeedMore : ScanStatus.Taken, status);
            Assert.Equal(cut >= 5, message.Portal.SequenceEqual("p"u8) && message.Statement.SequenceEqual("s1"u8));
        }
    }

    [Theory]
    [InlineData("p", 1)]
    [InlineData("p\0s", 3)]
    [InlineData("", 0)]
    [InlineData("p\0s\0", 3)]
    public void Names_of_a_Bind_end_within_it(string bodyStart, int bodyLength) =>
        Assert.Equal(
            ScanStatus.Malformed,
            BindMessage.TryRead(System.Text.Encoding.UTF8.GetBytes(bodyStart), bodyLength, out _));

    [Theory]
    [InlineData((byte)'S', true)]
    [InlineData((byte)'P', false)]
    public void Describe_and_Close_tell_statement_from_portal(byte kind, bool isStatement)
    {
        var body = WrittenMessage.Body(w => w.Begin(MessageType.Close).Byte(kind).Text("x").End());
        Assert.True(DescribeOrCloseMessage.TryRead(body, out var message));
        Assert.Equal((isStatement, "x"), (message.IsStatement, System.Text.Encoding.UTF8.GetString(message.Name)));
        Assert.False(DescribeOrCloseMessage.TryRead([.. body, 0], out _));
        Assert.False(DescribeOrCloseMessage.TryRead([(byte)'X', .. body[1..]], out _));
        for (var cut = 0; cut < body.Length; cut++)
        {
            Assert.False(DescribeOrCloseMessage.TryRead(body.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void A_Close_of_a_statement_is_read_as_written()
    {
        var body = WrittenMessage.Body(w => DescribeOrCloseMessage.WriteStatement(w, MessageType.Close, "old"u8));
        Assert.True(DescribeOrCloseMessage.TryRead(body, out var message));
        Assert.True(message.IsStatement && message.Name.SequenceEqual("old"u8));
    }

    [Fact]
    public void Execute_gives_portal_and_rows()
    {
        var body = WrittenMessage.Body(w => w.Begin(MessageType.Execute).Text("p").Int32(100).End());
        Assert.True(ExecuteMessage.TryRead(body, out var message));
        Assert.Equal(("p", 100), (System.Text.Encoding.UTF8.GetString(message.Portal), message.RowsMax));
        Assert.False(ExecuteMessage.TryRead([.. body, 0], out _));
        for (var cut = 0; cut < body.Length; cut++)
        {
            Assert.False(ExecuteMessage.TryRead(body.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void A_name_beyond_the_bound_is_refused_and_one_at_the_bound_is_not()
    {
        foreach (var (length, isTaken) in new[] { (StatementNames.NameMax, true), (StatementNames.NameMax + 1, false) })
        {
            var name = new string('n', length);
            Assert.Equal(isTaken, ParseMessage.TryRead(
                WrittenMessage.Body(w => w.Begin(MessageType.Parse).Text(name).Text("").Int16(0).End()), out _));
            Assert.Equal(isTaken, ExecuteMessage.TryRead(
                WrittenMessage.Body(w => w.Begin(MessageType.Execute).Text(name).Int32(0).End()), out _));
            Assert.Equal(isTaken, DescribeOrCloseMessage.TryRead(
                WrittenMessage.Body(w => w.Begin(MessageType.Close).Byte((byte)'S').Text(name).End()), out _));
            var bind = WrittenMessage.Body(w => w.Begin(MessageType.Bind).Text("").Text(name).End());
            Assert.Equal(
                isTaken ? ScanStatus.Taken : ScanStatus.Malformed, BindMessage.TryRead(bind, bind.Length, out _));
        }
    }
}
