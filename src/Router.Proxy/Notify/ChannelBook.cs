using Router.Protocol.Messages;

namespace Router.Proxy.Notify;

/// <summary>Who listens to which channel, and from which moment on. Pure but for what it remembers.</summary>
internal sealed class ChannelBook
{
    private readonly Dictionary<string, List<Entry>> _channels = new(StringComparer.Ordinal);

    public bool IsEmpty => _channels.Count == 0;

    /// <summary>The client hears this channel from here.</summary>
    public bool IsLive(string channel, INotified who) =>
        _channels.TryGetValue(channel, out var entries) && entries.Exists(entry => entry.Who == who && entry.Token is null);

    /// <summary>Everybody who is in the book, once.</summary>
    public IReadOnlyList<INotified> All =>
        [.. _channels.Values.SelectMany(static entries => entries).Select(static entry => entry.Who).Distinct()];

    /// <summary>Enters one listener; nothing where it is entered already.</summary>
    /// <param name="token">What it must hear on the marker's channel before this channel is live for it; null: it is at once.</param>
    public void Add(string channel, INotified who, string? token)
    {
        if (!_channels.TryGetValue(channel, out var entries))
        {
            _channels[channel] = entries = [];
        }

        if (!entries.Exists(entry => entry.Who == who))
        {
            entries.Add(new Entry(who, token));
        }
    }

    /// <summary>Takes one listener out; true where nobody listens to the channel any more.</summary>
    public bool Remove(string channel, INotified who)
    {
        if (!_channels.TryGetValue(channel, out var entries))
        {
            return false;
        }

        entries.RemoveAll(entry => entry.Who == who);
        return entries.Count == 0 && _channels.Remove(channel);
    }

    /// <summary>The marker with this token has been heard: what waited for it is live.</summary>
    public void OnMarker(string token)
    {
        foreach (var entries in _channels.Values)
        {
            foreach (var entry in entries)
            {
                entry.Token = entry.Token == token ? null : entry.Token;
            }
        }
    }

    /// <summary>Tells a notification to everybody for whom the channel is live.</summary>
    public void Tell(NotificationResponse notification)
    {
        // Who is told may be taken out by what comes of it.
        if (_channels.TryGetValue(notification.Channel, out var entries))
        {
            foreach (var entry in entries.ToArray())
            {
                if (entry.Token is null)
                {
                    entry.Who.OnNotification(notification);
                }
            }
        }
    }

    private sealed class Entry(INotified who, string? token)
    {
        public INotified Who => who;

        public string? Token { get; set; } = token;
    }
}
