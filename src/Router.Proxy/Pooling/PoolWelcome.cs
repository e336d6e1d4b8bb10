using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>
/// What the clients of a pool are greeted with: the settings that its newest server connection reported at its login.
/// And what servers made of values that clients asked for, so that the next client who asks for one needs no server.
/// </summary>
internal sealed class PoolWelcome
{
    /// <summary>Bounded, for clients choose the values.</summary>
    private const int SpellingsMax = 1000;

    private readonly Dictionary<ParameterStatus, string> _spellings = [];

    /// <summary>Null until a server connection has been opened.</summary>
    public ReportedParameters? Parameters { get; private set; }

    /// <summary>How that connection was started.</summary>
    public StartupProfile? Profile { get; private set; }

    public void Learn(ReportedParameters parameters, StartupProfile profile) => (Parameters, Profile) = (parameters, profile);

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
        IsApplicationName(asked.Name) ? ApplicationName(asked.Value)
        : Parameters?.Find(asked.Name) == asked.Value ? asked.Value
        : _spellings.GetValueOrDefault(asked);

    private static bool IsApplicationName(string name) =>
        string.Equals(name, "application_name", StringComparison.OrdinalIgnoreCase);

    /// <summary>PostgreSQL cuts it to 63 bytes and shows bytes beyond printable ASCII otherwise; so only plain ones are known.</summary>
    private static string? ApplicationName(string value) =>
        value.Length <= 63 && value.All(static c => c is >= ' ' and <= '~') ? value : null;
}
