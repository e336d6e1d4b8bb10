namespace Router.Protocol.Authentication;

/// <summary>A set of code points, kept as ascending ranges.</summary>
internal sealed class CodePointSet
{
    private readonly List<int> _first = [];
    private readonly List<int> _last = [];

    /// <summary>Adds a range above all that were added before.</summary>
    public void Add(int first, int last)
    {
        _first.Add(first);
        _last.Add(last);
    }

    public bool Contains(int codePoint)
    {
        var found = _first.BinarySearch(codePoint);
        var range = found >= 0 ? found : ~found - 1;
        return range >= 0 && codePoint <= _last[range];
    }
}
