using System.Buffers;
using System.Text;

namespace Router.Protocol.Sql;

/// <summary>
/// Goes through the statements of a query text. A text of one ordinary statement, which is nearly every text, costs its
/// first word and one search for a semicolon. Nothing is allocated, and no text makes it throw.
/// </summary>
/// <param name="sql">The text without its terminating zero.</param>
/// <param name="standardConformingStrings">False where the session has switched them off.</param>
public ref struct StatementScanner(ReadOnlySpan<byte> sql, bool standardConformingStrings = true)
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\n\r\f\v;"u8);

    private readonly ReadOnlySpan<byte> _sql = sql;
    private SqlLexer _lexer = new(sql, standardConformingStrings);

    /// <summary>The next statement; false at the end. Empty statements are passed over, as PostgreSQL does.</summary>
    public bool TryRead(out StatementHead head)
    {
        while (_lexer.Next() == SqlTokenKind.Symbol && _lexer.Symbol == ';')
        {
        }

        if (_lexer.Kind == SqlTokenKind.End)
        {
            head = default;
            return false;
        }

        var start = _lexer.Start;
        var reader = new StatementHeadReader(_lexer);
        var kind = reader.Read();
        var end = FindEnd(reader.MayHaveBody);
        head = new StatementHead(kind, reader.Name, _sql[start..end]);
        return true;
    }

    /// <summary>Goes behind the statement's semicolon; gives where the statement ends.</summary>
    private int FindEnd(bool mayHaveBody)
    {
        var semicolon = _sql[_lexer.Position..].IndexOf((byte)';');
        if (semicolon < 0)
        {
            return _lexer.Position = _sql.Length;
        }

        // Nothing but space behind the first semicolon: wherever it stands, there is no second statement.
        semicolon += _lexer.Position;
        if (!mayHaveBody && IsBlank(_sql[(semicolon + 1)..]))
        {
            _lexer.Position = _sql.Length;
            return semicolon;
        }

        var (brackets, blocks) = (0, 0);
        while (true)
        {
            switch (_lexer.Kind)
            {
                case SqlTokenKind.End:
                    return _sql.Length;

                case SqlTokenKind.Word when mayHaveBody:
                    blocks += BlockStep(blocks);
                    break;

                case SqlTokenKind.Symbol when _lexer.Symbol == ';' && brackets == 0 && blocks == 0:
                    return _lexer.Start;

                case SqlTokenKind.Symbol:
                    // A rule's actions stand in brackets and are separated by semicolons.
                    brackets += _lexer.Symbol switch { (byte)'(' => 1, (byte)')' when brackets > 0 => -1, _ => 0 };
                    break;
            }

            _lexer.Next();
        }
    }

    /// <summary>
    /// Semicolons within BEGIN ATOMIC ... END belong to a routine's body, in which only CASE has an END of its own.
    /// </summary>
    private readonly int BlockStep(int blocks)
    {
        if (blocks == 0)
        {
            var next = _lexer;
            return Is(next, "begin"u8) && next.Next() == SqlTokenKind.Word && Is(next, "atomic"u8) ? 1 : 0;
        }

        return Is(_lexer, "case"u8) ? 1 : Is(_lexer, "end"u8) ? -1 : 0;
    }

    private static bool Is(SqlLexer token, ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(token.Text, word);

    private static bool IsBlank(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(Blanks) < 0;
}
