using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class StartupMessageTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var message = new StartupMessage(
            ProtocolVersion.V32,
            [new("user", "älice"), new("database", "app"), new("_pq_.grease", ""), new("options", "-c geqo=off")]);
        Assert.Equal(message, StartupMessage.Parse(StartupPacketTests.Written(message)));
        Assert.Equal(("älice", "app", "3.2"), (message.User, message.Database, message.Version.ToString()));
        Assert.Equal([false, false, true, false], message.Parameters.Select(p => p.IsProtocolOption));
    }

    [Fact]
    public void The_database_is_the_user_where_none_is_named()
    {
        Assert.Equal("bob", new StartupMessage(ProtocolVersion.V30, [new("user", "bob")]).Database);
        Assert.Equal("bob", new StartupMessage(ProtocolVersion.V30, [new("user", "bob"), new("database", "")]).Database);
    }

    [Fact]
    public void Bytes_after_the_last_pair_are_refused() =>
        Assert.Null(StartupMessage.Parse(
            new FrameWriter().BeginUntyped().Int32(196608).Text("user").Text("a").Byte(0).Byte(7).End().Written.Span));

    [Fact]
    public void A_packet_without_its_final_zero_is_refused() =>
        Assert.Null(StartupMessage.Parse(
            new FrameWriter().BeginUntyped().Int32(196608).Text("user").Text("a").End().Written.Span));

    [Fact]
    public void A_name_without_a_value_is_refused() =>
        Assert.Null(StartupMessage.Parse(
            new FrameWriter().BeginUntyped().Int32(196608).Text("user").Bytes("a"u8).End().Written.Span));

    [Theory]
    [InlineData("true", true)]
    [InlineData("T", true)]
    [InlineData("yes", true)]
    [InlineData("on", true)]
    [InlineData("1", true)]
    [InlineData("database", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Replication_is_any_spelling_of_true(string value, bool expected) =>
        Assert.Equal(
            expected, new StartupMessage(ProtocolVersion.V30, [new("replication", value)]).IsReplication);
}
