using System.Collections.Immutable;
using System.Text;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>
/// Splits the value of an entry of <c>[databases]</c>, <c>[users]</c> or <c>[peers]</c>: <c>key=value</c> with blanks
/// between them, where a value that holds blanks is in single quotes and a quote in it is doubled.
/// </summary>
internal sealed class ConnectionString
{
    private readonly IniEntry _entry;
    private readonly string _text;
    private int _at;

    private ConnectionString(IniEntry entry) => (_entry, _text) = (entry, entry.Text);

    /// <summary>Null where it cannot be read; <paramref name="complain"/> has heard where and why.</summary>
    public static ImmutableArray<IniEntry>? Split(IniEntry entry, Action<SourcePosition, string> complain)
    {
        var text = new ConnectionString(entry);
        var pairs = ImmutableArray.CreateBuilder<IniEntry>();
        while (text.SkipBlanks())
        {
            if (text.TakePair(complain) is not { } pair)
            {
                return null;
            }

            pairs.Add(pair);
        }

        return pairs.ToImmutable();
    }

    private SourcePosition At => _entry.At with { Column = _entry.At.Column + _at };

    // The text may hold a password, so no piece of it is repeated.
    private IniEntry? TakePair(Action<SourcePosition, string> complain)
    {
        var (start, keyAt) = (_at, At);
        while (_at < _text.Length && !IsBlank && _text[_at] != '=')
        {
            _at++;
        }

        var key = _text[start.._at];
        if (!SkipBlanks() || _text[_at] != '=' || key.Length == 0)
        {
            complain(keyAt, "expected key=value here; put a value that holds blanks in 'single quotes'");
            return null;
        }

        _at++;
        SkipBlanks();
        var at = At;
        var isQuoted = _at < _text.Length && _text[_at] == '\'';
        if ((isQuoted ? TakeQuoted() : TakePlain()) is not { } value)
        {
            complain(at, "the quote that opens here is never closed; write a quote that belongs to the value twice");
            return null;
        }

        if (value.Length == 0)
        {
            complain(at, $"{key} has no value; give it one or leave the key out");
            return null;
        }

        return new IniEntry(key, keyAt, value, at);
    }

    private string TakePlain()
    {
        var start = _at;
        while (_at < _text.Length && !IsBlank)
        {
            _at++;
        }

        return _text[start.._at];
    }

    private string? TakeQuoted()
    {
        var value = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] != '\'')
            {
                value.Append(_text[_at]);
            }
            else if (_at + 1 < _text.Length && _text[_at + 1] == '\'')
            {
                value.Append('\'');
                _at++;
            }
            else
            {
                // PgBouncer goes on one character behind the quote, whatever that is.
                _at = Math.Min(_at + 2, _text.Length);
                return value.ToString();
            }
        }

        return null;
    }

    private bool IsBlank => _text[_at] is ' ' or '\t';

    private bool SkipBlanks()
    {
        while (_at < _text.Length && IsBlank)
        {
            _at++;
        }

        return _at < _text.Length;
    }
}
