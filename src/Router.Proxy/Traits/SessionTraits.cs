namespace Router.Proxy.Traits;

/// <summary>
/// What a pooled client has made of its session beyond its transactions: settings, which follow it from one server
/// connection to the next, and what cannot, which keeps it on the one it has (a pin). Used on its loop only.
/// </summary>
internal sealed class SessionTraits
{
    private HashSet<string>? _customSettings;
    private List<string>? _unlistened;
    private bool _isUnlistenInDoubt;
    private string? _opaque;

    public SessionSettings Settings { get; private set; } = SessionSettings.None;

    /// <summary>Settings that the client has named and that PostgreSQL does not list.</summary>
    public IReadOnlyCollection<string> CustomSettings => (IReadOnlyCollection<string>?)_customSettings ?? [];

    /// <summary>What it listens to through the hub.</summary>
    public IReadOnlyList<string> Channels { get; private set; } = [];

    /// <summary>Why the client keeps its server connection between transactions; null where it does not.</summary>
    public string? Pin { get; private set; }

    /// <summary>What was said since the last survey may have changed the session: the server is to be asked.</summary>
    public bool MayHaveChanged { get; private set; }

    /// <summary>The connection is another's than any client expects.</summary>
    public bool IsDirty => Pin is not null || MayHaveChanged;

    /// <summary>
    /// The server speaks to the client directly, between its requests too. Not where the hub does, for both would write at once.
    /// </summary>
    public bool IsRelayed => Pin is not null && Channels.Count == 0;

    /// <summary>Nothing is to be done at the end of a transaction: the connection stays the client's.</summary>
    public bool KeepsBackend => IsRelayed && !MayHaveChanged;

    /// <summary>An SQL text was sent, or a statement of it.</summary>
    public void Add(SqlHint hint)
    {
        if (hint.Effect == SqlEffect.None)
        {
            return;
        }

        MayHaveChanged |= hint.Effect == SqlEffect.Changes || Pin is not null || Channels.Count > 0;
        _opaque ??= hint.Opaque;
        if (hint.Unlistened.Count > 0 && Channels.Count > 0)
        {
            (_unlistened ??= []).AddRange(hint.Unlistened);
        }

        if (hint.CustomSettings.Count > 0)
        {
            (_customSettings ??= new HashSet<string>(StringComparer.Ordinal)).UnionWith(hint.CustomSettings);
        }
    }

    /// <summary>Something has failed or was rolled back.</summary>
    public void OnUndone() => _isUnlistenInDoubt |= _unlistened is not null;

    /// <summary>The hub tells it these channels from now on.</summary>
    public void Hear(IReadOnlyList<string> channels) => Channels = [.. Channels.Union(channels, StringComparer.Ordinal)];

    /// <summary>The client listens on its connection, which it must keep.</summary>
    public void PinToListen(string channel) => Pin ??= $"LISTEN {channel}";

    /// <summary>
    /// Channels of the hub that the client has given up, which its connection of the moment knows nothing of. Where that may
    /// have been undone it goes on hearing them: one notification too many does less harm than one too few.
    /// </summary>
    public IReadOnlyList<string> TakeUnlistened()
    {
        var all = _unlistened?.Contains(SqlHint.AllChannels) is true;
        IReadOnlyList<string> left = _isUnlistenInDoubt || _unlistened is null ? []
            : [.. Channels.Where(channel => all || _unlistened.Contains(channel))];
        Channels = left.Count == 0 ? Channels : [.. Channels.Except(left, StringComparer.Ordinal)];
        (_unlistened, _isUnlistenInDoubt) = (null, false);
        return left;
    }

    /// <summary>What the server said at the end of the transaction.</summary>
    public void Learn(SessionSurvey survey)
    {
        MayHaveChanged = false;
        Settings = survey.Settings.Equals(Settings) ? Settings : survey.Settings;
        Pin = survey.Held ?? _opaque;
    }
}
