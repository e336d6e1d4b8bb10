using Router.Protocol.Messages;

namespace Router.Proxy.Notify;

/// <summary>Who listens to which channel, and from which moment on. Pure but for what it remembers.</summary>
internal sealed class ChannelBook
{
    private readonly Dictionary<string, List<Entry>> _channels = new(StringComparer.Ordinal);

    public bool IsEmpty => _channels.Count == 0;

    /// <summary>The client hears this channel from here.</summary>
    public bool IsLive(string channel, INotified who) =>
        _channels.TryGetValue(channel, out var entries) && entries.Exists(entry => entry.Who == who && entry.HandOver is null);

    /// <summary>Everybody who is in the book, once.</summary>
    public IReadOnlyList<INotified> All =>
        [.. _channels.Values.SelectMany(static entries => entries).Select(static entry => entry.Who).Distinct()];

    /// <summary>Enters one listener; nothing where it is entered already.</summary>
    /// <param name="handOver">What must be over before the channel is live for it; null: it is at once.</param>
    public void Add(string channel, INotified who, HandOver? handOver)
    {
        if (!_channels.TryGetValue(channel, out var entries))
        {
            _channels[channel] = entries = [];
        }

        if (!entries.Exists(entry => entry.Who == who))
        {
            entries.Add(new Entry(who, handOver));
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

    /// <summary>The marker with this token has been heard here: from here on it is our part to tell, once the other is done.</summary>
    public void OnMarker(string token)
    {
        foreach (var handOver in HandOvers().Where(handOver => handOver.Token == token).ToArray())
        {
            handOver.HasMarker = true;
            EndWhereOver(handOver);
        }
    }

    /// <summary>The client has been told everything that its own connection heard in front of the marker.</summary>
    public void OnToldByConnection(HandOver handOver)
    {
        handOver.IsTold = true;
        EndWhereOver(handOver);
    }

    /// <summary>Tells a notification to everybody whose part it is to hear it from here.</summary>
    public void Tell(NotificationResponse notification)
    {
        if (!_channels.TryGetValue(notification.Channel, out var entries))
        {
            return;
        }

        // Who is told may be taken out by what comes of it.
        foreach (var entry in entries.ToArray())
        {
            if (entry.HandOver is null)
            {
                entry.Who.OnNotification(notification);
            }
            else if (entry.HandOver.HasMarker)
            {
                entry.HandOver.Kept.Add(notification);
            }
        }
    }

    private IEnumerable<HandOver> HandOvers() =>
        _channels.Values.SelectMany(static entries => entries).Select(static entry => entry.HandOver).OfType<HandOver>().Distinct();

    private void EndWhereOver(HandOver handOver)
    {
        if (!handOver.HasMarker || !handOver.IsTold)
        {
            return;
        }

        foreach (var entry in _channels.Values.SelectMany(static entries => entries))
        {
            entry.HandOver = entry.HandOver == handOver ? null : entry.HandOver;
        }

        handOver.Kept.ForEach(handOver.Client.OnNotification);
    }

    private sealed class Entry(INotified who, HandOver? handOver)
    {
        public INotified Who => who;

        public HandOver? HandOver { get; set; } = handOver;
    }
}
