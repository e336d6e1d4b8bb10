using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class NegotiateProtocolVersionTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(9999, 2)]
    public void Client_gets_the_version_it_asks_for_or_the_next_older_one(int asked, int served)
    {
        var startup = new StartupMessage(new ProtocolVersion((3 << 16) | asked), [new("user", "app")]);
        var expected = asked == served
            ? null
            : new NegotiateProtocolVersion(new ProtocolVersion((3 << 16) | served), []);
        Assert.Equal(expected, NegotiateProtocolVersion.For(startup));
    }

    [Fact]
    public void Protocol_options_are_all_named_and_settings_are_not() => Assert.Equal(
        new NegotiateProtocolVersion(ProtocolVersion.V30, ["_pq_.a", "_pq_.b"]),
        NegotiateProtocolVersion.For(new StartupMessage(
            ProtocolVersion.V30, [new("_pq_.a", ""), new("user", "app"), new("_pq_.b", "1"), new("pq.c", "1")])));
}
