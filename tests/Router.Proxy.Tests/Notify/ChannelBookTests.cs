using Router.Protocol.Messages;
using Router.Proxy.Notify;

namespace Router.Proxy.Tests.Notify;

public sealed class ChannelBookTests
{
    private readonly ChannelBook _book = new();
    private readonly Listener _one = new();
    private readonly Listener _other = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_is_handed_over_hears_from_here_what_comes_behind_the_marker(bool isToldFirst)
    {
        var handOver = new HandOver("7", _other);
        _book.Add("news", _one, null);
        _book.Add("news", _other, handOver);
        Tell("news", "in front");
        _book.OnMarker("6");
        Tell("news", "still in front");
        if (isToldFirst)
        {
            _book.OnToldByConnection(handOver);
        }

        _book.OnMarker("7");
        Tell("news", "behind");
        Assert.Equal(isToldFirst, _book.IsLive("news", _other));
        if (!isToldFirst)
        {
            // Its connection has not told it yet what came in front of the marker.
            Assert.Empty(_other.Heard);
            _book.OnToldByConnection(handOver);
        }

        Tell("news", "later");
        Assert.Equal(["in front", "still in front", "behind", "later"], _one.Heard);
        Assert.Equal(["behind", "later"], _other.Heard);
    }

    [Fact]
    public void What_waits_for_a_hand_over_keeps_its_order_over_all_channels()
    {
        var handOver = new HandOver("7", _one);
        _book.Add("a", _one, handOver);
        _book.Add("b", _one, handOver);
        _book.OnMarker("7");
        Tell("b", "1");
        Tell("a", "2");
        Tell("b", "3");
        _book.OnToldByConnection(handOver);
        Assert.Equal(["1", "2", "3"], _one.Heard);
    }

    [Fact]
    public void Who_listens_again_goes_on_hearing()
    {
        _book.Add("news", _one, null);
        _book.Add("news", _one, new HandOver("7", _one));
        Tell("news", "once");
        Assert.Equal(["once"], _one.Heard);
        Assert.True(_book.IsLive("news", _one));
    }

    [Fact]
    public void The_last_one_to_leave_empties_the_channel()
    {
        _book.Add("news", _one, null);
        _book.Add("news", _other, null);
        Assert.False(_book.Remove("news", _one));
        Assert.False(_book.Remove("olds", _one));
        Assert.Equal([_other], _book.All);
        Assert.True(_book.Remove("news", _other));
        Assert.True(_book.IsEmpty);
    }

    private void Tell(string channel, string payload) => _book.Tell(new NotificationResponse(1, channel, payload));

    private sealed class Listener : INotified
    {
        public List<string> Heard { get; } = [];

        public void OnNotification(NotificationResponse notification) => Heard.Add(notification.Payload);

        public void OnSilence() => throw new InvalidOperationException("nothing was lost");
    }
}
