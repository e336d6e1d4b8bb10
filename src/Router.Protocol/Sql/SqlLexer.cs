using System.Buffers;

namespace Router.Protocol.Sql;

/// <summary>
/// Cuts SQL as PostgreSQL's scanner does, as far as quotes, comments and words go. A quote or comment that is never
/// closed reaches to the end of the text; PostgreSQL refuses the whole text then.
/// </summary>
/// <remarks>
/// Works on the bytes of the client's encoding. In those whose later bytes can be a backslash (SJIS, BIG5, GBK, GB18030,
/// UHC, JOHAB) the end of an <c>E'...'</c> string may be misjudged.
/// </remarks>
internal ref struct SqlLexer(ReadOnlySpan<byte> sql, bool standardConformingStrings)
{
    private static readonly SearchValues<byte> QuoteOrBackslash = SearchValues.Create("'\\"u8);

    private readonly ReadOnlySpan<byte> _sql = sql;
    private readonly bool _standardStrings = standardConformingStrings;

    /// <summary>Where the next token is looked for.</summary>
    public int Position { readonly get; set; }

    public SqlTokenKind Kind { get; private set; }

    /// <summary>Where the current token begins.</summary>
    public int Start { get; private set; }

    /// <summary>The bytes of the current token, quotes included.</summary>
    public readonly ReadOnlySpan<byte> Text => _sql[Start..Position];

    /// <summary>From the beginning of the current token to a later position.</summary>
    public readonly ReadOnlySpan<byte> TextUpTo(int end) => _sql[Start..end];

    public readonly byte Symbol => Kind == SqlTokenKind.Symbol ? _sql[Start] : (byte)0;

    public SqlTokenKind Next()
    {
        SkipSpace();
        Start = Position;
        return Kind = Position < _sql.Length ? Take(_sql[Position]) : SqlTokenKind.End;
    }

    private SqlTokenKind Take(byte first)
    {
        switch (first)
        {
            case (byte)'\'':
                return TakeString(Position + 1, isEscaped: !_standardStrings);

            case (byte)'"':
                return TakeQuotedName(Position + 1);

            case (byte)'$':
                return TakeDollar();

            default:
                if (IsWordStart(first))
                {
                    return TakeWord();
                }

                Position++;
                return SqlTokenKind.Symbol;
        }
    }

    private SqlTokenKind TakeWord()
    {
        var end = Position + 1;
        while (end < _sql.Length && IsWordPart(_sql[end]))
        {
            end++;
        }

        var isPrefix = end == Position + 1;
        var letter = (byte)(_sql[Position] | 0x20);
        if (isPrefix && At(end) == '\'' && letter is (byte)'e' or (byte)'b' or (byte)'x' or (byte)'n')
        {
            return TakeString(end + 1, isEscaped: letter == 'e' || (letter == 'n' && !_standardStrings));
        }

        if (isPrefix && letter == 'u' && At(end) == '&' && At(end + 1) is (byte)'\'' or (byte)'"')
        {
            return At(end + 1) == '"' ? TakeQuotedName(end + 2) : TakeString(end + 2, isEscaped: false);
        }

        Position = end;
        return SqlTokenKind.Word;
    }

    private SqlTokenKind TakeQuotedName(int from)
    {
        // A doubled quote ends one piece and begins the next, which comes to the same.
        var end = _sql[from..].IndexOf((byte)'"');
        while (end >= 0 && At(from + end + 1) == '"')
        {
            from += end + 2;
            end = _sql[from..].IndexOf((byte)'"');
        }

        Position = end < 0 ? _sql.Length : from + end + 1;
        return SqlTokenKind.QuotedName;
    }

    private SqlTokenKind TakeString(int from, bool isEscaped)
    {
        var at = from;
        while (true)
        {
            var next = isEscaped ? _sql[at..].IndexOfAny(QuoteOrBackslash) : _sql[at..].IndexOf((byte)'\'');
            if (next < 0)
            {
                Position = _sql.Length;
                return SqlTokenKind.String;
            }

            at += next;
            if (_sql[at] == '\\')
            {
                at = Math.Min(at + 2, _sql.Length);
                continue;
            }

            at++;
            if (At(at) == '\'')
            {
                at++;
            }
            else if (!TryContinue(ref at))
            {
                Position = at;
                return SqlTokenKind.String;
            }
        }
    }

    /// <summary>
    /// Strings with a line break and nothing but space and comments of two dashes between them are one string, and go on
    /// by the rules of the first. Nested comments do not join.
    /// </summary>
    private readonly bool TryContinue(ref int at)
    {
        var hasLineBreak = false;
        for (var i = at; i < _sql.Length; i++)
        {
            if (_sql[i] is (byte)'\n' or (byte)'\r')
            {
                hasLineBreak = true;
            }
            else if (_sql[i] == '-' && At(i + 1) == '-')
            {
                i = EndOfLine(i) - 1;
            }
            else if (!IsSpace(_sql[i]))
            {
                at = hasLineBreak && _sql[i] == '\'' ? i + 1 : at;
                return hasLineBreak && _sql[i] == '\'';
            }
        }

        return false;
    }

    private SqlTokenKind TakeDollar()
    {
        var tagEnd = Position + 1;
        if (IsWordStart(At(tagEnd)))
        {
            while (IsWordPart(At(tagEnd)) && At(tagEnd) != '$')
            {
                tagEnd++;
            }
        }

        if (At(tagEnd) != '$')
        {
            Position++;
            return SqlTokenKind.Symbol;
        }

        var delimiter = _sql[Position..(tagEnd + 1)];
        var end = _sql[(tagEnd + 1)..].IndexOf(delimiter);
        Position = end < 0 ? _sql.Length : tagEnd + 1 + end + delimiter.Length;
        return SqlTokenKind.String;
    }

    private void SkipSpace()
    {
        while (Position < _sql.Length)
        {
            if (IsSpace(_sql[Position]))
            {
                Position++;
            }
            else if (_sql[Position] == '-' && At(Position + 1) == '-')
            {
                Position = EndOfLine(Position);
            }
            else if (_sql[Position] == '/' && At(Position + 1) == '*')
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        var depth = 0;
        do
        {
            var isOpening = _sql[Position] == '/' && At(Position + 1) == '*';
            var isClosing = _sql[Position] == '*' && At(Position + 1) == '/';
            depth += isOpening ? 1 : isClosing ? -1 : 0;
            Position += isOpening || isClosing ? 2 : 1;
        }
        while (depth > 0 && Position < _sql.Length);
    }

    private readonly int EndOfLine(int from)
    {
        var length = _sql[from..].IndexOfAny((byte)'\n', (byte)'\r');
        return length < 0 ? _sql.Length : from + length;
    }

    /// <summary>Zero beyond the end, as the terminator of the message would be.</summary>
    private readonly byte At(int position) => position < _sql.Length ? _sql[position] : (byte)0;

    /// <summary>PostgreSQL's space; the vertical tab is one from version 16 on and an error before.</summary>
    internal static bool IsSpace(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    private static bool IsWordStart(byte value) =>
        value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'_' or >= 0x80;

    private static bool IsWordPart(byte value) =>
        IsWordStart(value) || value is (>= (byte)'0' and <= (byte)'9') or (byte)'$';
}
