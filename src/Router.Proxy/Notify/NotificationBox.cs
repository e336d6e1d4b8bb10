using System.Buffers;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Transport;

namespace Router.Proxy.Notify;

/// <summary>Notifications for one client, which hears them between its transactions, as PostgreSQL tells them.</summary>
internal sealed class NotificationBox(IConnection client)
{
    /// <summary>More than this nobody keeps for a client that does not read, characters.</summary>
    private const int HeldMax = 1024 * 1024;

    private readonly List<NotificationResponse> _waiting = [];
    private int _length;

    /// <summary>More waits than is kept.</summary>
    public bool IsFull => _length > HeldMax;

    public void Add(NotificationResponse notification)
    {
        _waiting.Add(notification);
        _length += LengthOf(notification);
    }

    /// <summary>The client has given these channels up: as from PostgreSQL, it does not hear what it has not heard yet.</summary>
    public void Forget(IReadOnlyList<string> channels)
    {
        _waiting.RemoveAll(notification => channels.Contains(notification.Channel));
        _length = _waiting.Sum(LengthOf);
    }

    /// <summary>Sends what waits; nobody else is writing to the client, and its last answer is complete.</summary>
    public void Deliver()
    {
        if (_waiting.Count == 0 || client.Output.UnflushedBytes > HeldMax)
        {
            return;
        }

        var writer = new FrameWriter();
        _waiting.ForEach(notification => notification.Write(writer));
        _waiting.Clear();
        _length = 0;
        try
        {
            client.Output.Write(writer.Written.Span);
            client.Push();
        }
        catch (TransportException)
        {
            // The session notices by itself that its client is gone.
        }
    }

    private static int LengthOf(NotificationResponse notification) => notification.Channel.Length + notification.Payload.Length;
}
