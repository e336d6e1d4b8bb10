using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>
/// What the clients of a pool are greeted with: the settings that the newest server connection of their profile reported at
/// its login. And what servers made of values that clients asked for, so that the next client who asks needs no server.
/// </summary>
internal sealed class PoolWelcome
{
    /// <summary>Bounded, for clients choose the values.</summary>
    private const int SpellingsMax = 1000;
    private const int ProfilesMax = 100;
    private const int InternedMax = 1000;

    private readonly Dictionary<ParameterStatus, string> _spellings = [];
    private readonly Dictionary<StartupProfile, ReportedParameters> _reported = [];
    private readonly HashSet<ReportedParameters> _interned = new(ReportedParameters.ByContent);

    /// <summary>How the newest server connection was started that can serve many; null until there was one.</summary>
    public StartupProfile? Profile { get; private set; }

    /// <summary>Null until a server connection of this profile has been opened.</summary>
    public ReportedParameters? ParametersOf(StartupProfile profile) => _reported.GetValueOrDefault(profile);

    public void Learn(ReportedParameters parameters, StartupProfile profile)
    {
        if (_reported.Count >= ProfilesMax)
        {
            _reported.Clear();
        }

        _reported[profile] = parameters;
        Profile = profile.IsReplication ? Profile : profile;
    }

    /// <summary>
    /// One and the same object for the same content: then most requests find that client and connection agree by comparing
    /// two references.
    /// </summary>
    public ReportedParameters Intern(ReportedParameters parameters)
    {
        if (_interned.TryGetValue(parameters, out var known))
        {
            return known;
        }

        if (_interned.Count >= InternedMax)
        {
            _interned.Clear();
        }

        _interned.Add(parameters);
        return parameters;
    }

    /// <summary>The server reports <paramref name="reported"/> where this was asked for.</summary>
    public void LearnSpelling(ParameterStatus asked, string reported)
    {
        if (_spellings.Count >= SpellingsMax)
        {
            _spellings.Clear();
        }

        _spellings[asked] = reported;
    }

    /// <summary>What a server reports where this is asked for; null where nobody knows yet.</summary>
    public string? SpellingOf(ParameterStatus asked) =>
        IsApplicationName(asked.Name) ? ApplicationName(asked.Value) : _spellings.GetValueOrDefault(asked);

    private static bool IsApplicationName(string name) =>
        string.Equals(name, "application_name", StringComparison.OrdinalIgnoreCase);

    /// <summary>PostgreSQL cuts it to 63 bytes and shows bytes beyond printable ASCII otherwise; so only plain ones are known.</summary>
    private static string? ApplicationName(string value) =>
        value.Length <= 63 && value.All(static c => c is >= ' ' and <= '~') ? value : null;
}
