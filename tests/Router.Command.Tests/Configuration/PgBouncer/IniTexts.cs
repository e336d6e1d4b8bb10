using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration.PgBouncer;

/// <summary>Files by name, and what is said about them.</summary>
internal sealed class IniTexts
{
    private readonly Dictionary<string, string> _texts = [];

    public Findings Findings { get; } = new();

    public string All => string.Join('\n', Findings.All);

    public IniTexts With(string name, string text)
    {
        _texts[name] = text;
        return this;
    }

    public string? TextOf(string path, SourcePosition askedAt)
    {
        if (!_texts.TryGetValue(path, out var text))
        {
            Findings.Error(askedAt, "", $"there is no file {path}");
        }

        return text;
    }

    /// <summary>Reads the file <c>p.ini</c>.</summary>
    public PgBouncerConfiguration? Read() => PgBouncerIni.Read("p.ini", TextOf, Findings);

    public static PgBouncerConfiguration Good(string text)
    {
        var texts = new IniTexts().With("p.ini", text);
        var configuration = texts.Read();
        Assert.Equal("", texts.All);
        return configuration!;
    }
}
