namespace Router.Commands;

/// <param name="Key">The name in JSON and tsv.</param>
/// <param name="Title">The heading of the pretty form.</param>
internal sealed record CtlColumn(string Key, string Title, bool IsRightAligned = false, bool IsHiddenInPretty = false)
{
    public CtlColumn(string key, bool isRightAligned = false)
        : this(key, key, isRightAligned)
    {
    }
}
