namespace Router.Proxy.Traits;

/// <summary>
/// What a pooled client has made of its session beyond its transactions: settings, which follow it from one server
/// connection to the next, and what cannot, which keeps it on the one it has (a pin). Used on its loop only.
/// </summary>
internal sealed class SessionTraits
{
    private HashSet<string>? _customSettings;
    private string? _opaque;

    public SessionSettings Settings { get; private set; } = SessionSettings.None;

    /// <summary>Settings that the client has named and that PostgreSQL does not list.</summary>
    public IReadOnlyCollection<string> CustomSettings => (IReadOnlyCollection<string>?)_customSettings ?? [];

    /// <summary>Why the client keeps its server connection between transactions; null where it does not.</summary>
    public string? Pin { get; private set; }

    /// <summary>What was said since the last survey may have changed the session: the server is to be asked.</summary>
    public bool MayHaveChanged { get; private set; }

    /// <summary>The connection is another's than any client expects.</summary>
    public bool IsDirty => Pin is not null || MayHaveChanged;

    /// <summary>Nothing is to be done at the end of a transaction: the connection stays the client's.</summary>
    public bool KeepsBackend => Pin is not null && !MayHaveChanged;

    /// <summary>An SQL text was sent, or a statement of it.</summary>
    public void Add(SqlHint hint)
    {
        if (hint.Effect == SqlEffect.None)
        {
            return;
        }

        MayHaveChanged |= hint.Effect == SqlEffect.Changes || Pin is not null;
        _opaque ??= hint.Opaque;
        if (hint.CustomSettings.Count > 0)
        {
            (_customSettings ??= new HashSet<string>(StringComparer.Ordinal)).UnionWith(hint.CustomSettings);
        }
    }

    /// <summary>What the server said at the end of the transaction.</summary>
    public void Learn(SessionSurvey survey)
    {
        MayHaveChanged = false;
        Settings = survey.Settings.Equals(Settings) ? Settings : survey.Settings;
        Pin = survey.Held ?? _opaque;
    }
}
