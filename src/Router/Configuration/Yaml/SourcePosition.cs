using System.Globalization;

namespace Router.Configuration.Yaml;

/// <summary>Where a value was written. Line and column count from 1; line 0: the source has no lines.</summary>
internal sealed record SourcePosition(string Source, int Line, int Column)
{
    public override string ToString() =>
        Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}
