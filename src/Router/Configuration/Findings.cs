using Router.Configuration.Yaml;

namespace Router.Configuration;

/// <summary>Gathers everything there is to say about one configuration, so that all of it is told at once.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];

    /// <summary>In the order of the files.</summary>
    public IEnumerable<Finding> All =>
        _all.OrderBy(finding => finding.At.Source, StringComparer.Ordinal)
            .ThenBy(finding => finding.At.Line)
            .ThenBy(finding => finding.At.Column);

    /// <summary>What to tell: of a configuration that is refused, only what is wrong with it.</summary>
    public IEnumerable<Finding> Told =>
        HasErrors ? All.Where(finding => finding.Severity != FindingSeverity.Notice) : All;

    public bool HasErrors => _all.Exists(finding => finding.Severity == FindingSeverity.Error);

    public void Add(FindingSeverity severity, SourcePosition at, string path, string sentence) =>
        _all.Add(new Finding(severity, at, path, sentence));

    public void Error(SourcePosition at, string path, string sentence) =>
        Add(FindingSeverity.Error, at, path, sentence);

    public void Warning(SourcePosition at, string path, string sentence) =>
        Add(FindingSeverity.Warning, at, path, sentence);

    public void Notice(SourcePosition at, string path, string sentence) =>
        Add(FindingSeverity.Notice, at, path, sentence);
}
