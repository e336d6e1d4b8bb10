using Router.Protocol.Messages;

namespace Router.Proxy.Notify;

/// <summary>A session that hears notifications through the hub; called on its loop.</summary>
internal interface INotified
{
    void OnNotification(NotificationResponse notification);

    /// <summary>Nothing more will be heard, and something may have been missed.</summary>
    void OnSilence();
}
