using Router.Configuration.Yaml;

namespace Router.Configuration;

/// <summary>One thing to say about a configuration file, with where and about which key. Never holds a secret.</summary>
internal sealed record Finding(FindingSeverity Severity, SourcePosition At, string Path, string Sentence)
{
    public override string ToString()
    {
        var severity = Severity switch
        {
            FindingSeverity.Notice => "notice: ",
            FindingSeverity.Warning => "warning: ",
            _ => "",
        };
        return Path.Length == 0 ? $"{At}: {severity}{Sentence}" : $"{At}: {severity}{Path}: {Sentence}";
    }
}
