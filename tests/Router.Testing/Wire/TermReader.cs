using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Router.Testing.Wire;

/// <summary>Reads the words and terms of one line. Pure; a mistake is a <see cref="FormatException"/> that says it.</summary>
internal sealed class TermReader(string line)
{
    /// <summary>No script needs more, and a slip of the finger shall not take the memory of the machine.</summary>
    private const int RepeatMax = 16 * 1024 * 1024;

    private int _at;

    /// <summary>Nothing more but blanks and a comment.</summary>
    public bool IsAtEnd
    {
        get
        {
            while (_at < line.Length && line[_at] is ' ' or '\t')
            {
                _at++;
            }

            return _at == line.Length || line[_at] == '#';
        }
    }

    /// <summary>The next word without a look at its meaning; empty at the end of the line.</summary>
    public string Word()
    {
        var start = IsAtEnd ? line.Length : _at;
        while (_at < line.Length && start < line.Length && line[_at] is not (' ' or '\t'))
        {
            _at++;
        }

        return line[start..Math.Max(start, _at)];
    }

    /// <summary>Takes the word where it is the next one.</summary>
    public bool TryTake(string word)
    {
        var before = _at;
        if (Word() == word)
        {
            return true;
        }

        _at = before;
        return false;
    }

    /// <summary>What the rest of the line says, without blanks around it.</summary>
    public string RestText() => IsAtEnd ? "" : line[_at..].TrimEnd();

    public int Number(string what) =>
        int.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{what} must be a number");

    public ImmutableArray<WireTerm> Terms()
    {
        var terms = ImmutableArray.CreateBuilder<WireTerm>();
        while (!IsAtEnd)
        {
            terms.Add(Term());
        }

        return terms.ToImmutable();
    }

    private WireTerm Term()
    {
        switch (line[_at])
        {
            case '[':
                return List();
            case ']':
                throw new FormatException("a ] that closes nothing");
            case '"':
                return Repeated(Quoted());
            default:
                return Bare();
        }
    }

    private WireTerm.List List()
    {
        _at++;
        var items = ImmutableArray.CreateBuilder<WireTerm>();
        while (true)
        {
            if (IsAtEnd)
            {
                throw new FormatException("a [ that is not closed");
            }

            if (line[_at] == ']')
            {
                _at++;
                return new WireTerm.List(items.ToImmutable());
            }

            items.Add(Term());
        }
    }

    private byte[] Quoted()
    {
        var text = new StringBuilder();
        for (_at++; _at < line.Length; _at++)
        {
            switch (line[_at])
            {
                case '"':
                    _at++;
                    return Encoding.UTF8.GetBytes(text.ToString());
                case '\\':
                    text.Append(Escaped());
                    break;
                default:
                    text.Append(line[_at]);
                    break;
            }
        }

        throw new FormatException("a text that is not ended with \"");
    }

    private char Escaped()
    {
        _at++;
        return (_at < line.Length ? line[_at] : ' ') switch
        {
            'n' => '\n',
            't' => '\t',
            '0' => '\0',
            '\\' => '\\',
            '"' => '"',
            var other => throw new FormatException($"\\{other} is no escape: \\n \\t \\0 \\\\ \\\" are, bytes are x:00ff"),
        };
    }

    /// <summary><c>"ab"*1000</c> is long without a long line.</summary>
    private WireTerm.Bytes Repeated(byte[] value)
    {
        if (_at == line.Length || line[_at] != '*')
        {
            return new WireTerm.Bytes(value, IsBare: false);
        }

        _at++;
        if (!int.TryParse(BareWord(), NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            || (long)times * value.Length > RepeatMax)
        {
            throw new FormatException($"behind * stands how often, and at most {RepeatMax} bytes come of it");
        }

        return new WireTerm.Bytes([.. Enumerable.Repeat(value, times).SelectMany(static bytes => bytes)], IsBare: false);
    }

    private WireTerm Bare()
    {
        var word = BareWord();
        if (_at < line.Length && line[_at] == '=')
        {
            _at++;
            return new WireTerm.Named(word, IsAtEnd ? WireTerm.OfText("") : Term() is var value and not WireTerm.Named
                ? value
                : throw new FormatException($"the value of {word} contains =, so it stands in quotes"));
        }

        return word switch
        {
            "NULL" => new WireTerm.Null(),
            "*" => new WireTerm.Any(),
            ['$', .. var name] => new WireTerm.Variable(name),
            ['x', ':', .. var digits] => new WireTerm.Bytes(BytesOf(digits), IsBare: false),
            _ => WireTerm.OfWord(word),
        };
    }

    private string BareWord()
    {
        var start = _at;
        while (_at < line.Length && line[_at] is not (' ' or '\t' or '[' or ']' or '"' or '='))
        {
            _at++;
        }

        return line[start.._at];
    }

    private static byte[] BytesOf(string digits)
    {
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            throw new FormatException($"x:{digits} is not an even number of hex digits");
        }
    }
}
