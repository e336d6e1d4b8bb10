using Router.Protocol.Messages;
using Router.Proxy.Notify;

namespace Router.Proxy.Tests.Notify;

public sealed class ChannelBookTests
{
    private readonly ChannelBook _book = new();
    private readonly Listener _one = new();
    private readonly Listener _other = new();

    [Fact]
    public void Who_waits_for_a_marker_hears_only_what_comes_behind_it()
    {
        _book.Add("news", _one, token: null);
        _book.Add("news", _other, token: "7");
        Tell("news", "in front");
        _book.OnMarker("6");
        Tell("news", "still in front");
        _book.OnMarker("7");
        Tell("news", "behind");
        Assert.Equal(["in front", "still in front", "behind"], _one.Heard);
        Assert.Equal(["behind"], _other.Heard);
    }

    [Fact]
    public void Who_listens_again_goes_on_hearing()
    {
        _book.Add("news", _one, token: null);
        _book.Add("news", _one, token: "7");
        Tell("news", "once");
        Assert.Equal(["once"], _one.Heard);
        Assert.True(_book.IsLive("news", _one));
    }

    [Fact]
    public void The_last_one_to_leave_empties_the_channel()
    {
        _book.Add("news", _one, token: null);
        _book.Add("news", _other, token: null);
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
