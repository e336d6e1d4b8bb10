using Router.Protocol.Messages;

namespace Router.Proxy.Notify;

/// <summary>
/// A client changes over from its own connection to the hub, at the place of a marker in the order of all notifications. The two
/// streams reach us independently: what the hub hears behind the marker waits until the client has heard what its connection
/// heard in front of it.
/// </summary>
internal sealed class HandOver(string token, INotified client)
{
    public string Token => token;

    public INotified Client => client;

    /// <summary>The hub has heard the marker.</summary>
    public bool HasMarker { get; set; }

    /// <summary>The client has been told what its connection heard in front of the marker.</summary>
    public bool IsTold { get; set; }

    /// <summary>What the hub has heard since the marker.</summary>
    public List<NotificationResponse> Kept { get; } = [];
}
