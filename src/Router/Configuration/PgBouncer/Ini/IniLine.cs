using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Ini;

/// <summary>One line and how far it is read.</summary>
internal sealed class IniLine(string file, int number, string text)
{
    private const string IncludeWord = "%include";

    private int _at;

    public SourcePosition At => PositionOf(_at);

    public char Next => text[_at];

    /// <summary>False at the end.</summary>
    public bool SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        return _at < text.Length;
    }

    public bool TakeInclude(out string path, out SourcePosition at)
    {
        (path, at) = ("", At);
        if (!text.AsSpan(_at).StartsWith(IncludeWord) || _at + IncludeWord.Length is var end && !IsBlankAt(end))
        {
            return false;
        }

        _at = end;
        SkipBlanks();
        (path, at) = (Rest(), At);
        return true;
    }

    /// <summary>Moves behind the bracket.</summary>
    public bool TakeHeader(out string name)
    {
        var end = text.IndexOf(']', _at);
        name = end < 0 ? "" : text[(_at + 1)..end];
        _at = end + 1;
        return end >= 0;
    }

    /// <summary>False, and at the place of the slip, where there is none.</summary>
    public bool TakeEntry(out IniEntry entry)
    {
        var keyAt = At;
        entry = new IniEntry("", keyAt, "", keyAt);
        if (!TakeKey(out var key))
        {
            return false;
        }

        while (IsBlankAt(_at))
        {
            _at++;
        }

        if (_at == text.Length || text[_at] != '=')
        {
            return false;
        }

        _at++;
        SkipBlanks();
        entry = new IniEntry(key, keyAt, Rest(), At);
        return true;
    }

    private bool TakeKey(out string key)
    {
        var start = _at;
        if (Next == '\'')
        {
            var end = text.IndexOf('\'', start + 1);
            key = end < 0 ? "" : text[(start + 1)..end];
            _at = end < 0 ? _at : end + 1;
            return end >= 0;
        }

        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.' or '*' or '-'))
        {
            _at++;
        }

        key = text[start.._at];
        return true;
    }

    private bool IsBlankAt(int index) => index < text.Length && (text[index] is ' ' or '\t');

    private string Rest() => text[_at..].TrimEnd();

    private SourcePosition PositionOf(int index) => new(file, number, index + 1);
}
