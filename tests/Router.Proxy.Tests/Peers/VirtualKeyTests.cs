using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Peers;

namespace Router.Proxy.Tests.Peers;

public sealed class VirtualKeyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(VirtualKey.PeerIdMax)]
    public void A_key_says_who_gave_it_out_where_PgBouncers_keys_say_it(int peerId)
    {
        for (var i = 0; i < 1000; i++)
        {
            var key = VirtualKey.Make(i % 2 == 0 ? ProtocolVersion.V30 : ProtocolVersion.V32, peerId);
            Assert.True(key.ProcessId > 0);
            Assert.Equal((byte)peerId, (byte)(key.ProcessId >> 16));
            Assert.Equal((byte)(peerId >> 8), (byte)(key.ProcessId >> 8));
            Assert.Equal(3, key.Key.Secret[^1] & 3);
            Assert.Equal(peerId, VirtualKey.PeerOf(new CancelRequest(key.ProcessId, key.Key)));
        }
    }

    [Fact]
    public void A_request_is_passed_on_three_times_and_stays_the_one_that_was_given()
    {
        var given = VirtualKey.Make(ProtocolVersion.V30, 7);
        CancelRequest? request = new CancelRequest(given.ProcessId, given.Key);
        for (var hop = 0; hop < 3; hop++)
        {
            request = VirtualKey.NextHop(request!);
            Assert.NotNull(request);
            Assert.False(request.Key.Matches(given.Key));
            Assert.True(VirtualKey.AsGiven(request.Key).Matches(given.Key));
        }

        Assert.Null(VirtualKey.NextHop(request!));
    }

    [Fact]
    public void A_process_that_is_alone_gives_out_keys_of_pure_chance()
    {
        var keys = Enumerable.Range(0, 200).Select(static _ => VirtualKey.Make(ProtocolVersion.V30, peerId: 0)).ToList();
        Assert.True(keys.Select(static key => key.Key.Secret[^1] & 3).Distinct().Count() > 1);
        Assert.True(keys.Select(static key => VirtualKey.PeerOf(new CancelRequest(key.ProcessId, key.Key))).Distinct().Count() > 100);
    }
}
