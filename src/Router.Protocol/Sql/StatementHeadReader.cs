using System.Text;

namespace Router.Protocol.Sql;

/// <summary>Reads the first words of one statement, on its own copy of a lexer that stands on the first of them.</summary>
internal ref struct StatementHeadReader(SqlLexer lexer)
{
    /// <summary>DECLARE has at most BINARY, INSENSITIVE, NO SCROLL and CURSOR behind the name.</summary>
    private const int CursorWordsMax = 6;

    private SqlLexer _lexer = lexer;

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>A routine: its body may be SQL with semicolons.</summary>
    public bool MayHaveBody { get; private set; }

    public StatementKind Read()
    {
        if (_lexer.Kind != SqlTokenKind.Word)
        {
            return StatementKind.Other;
        }

        // By first letter, so that SELECT, INSERT, UPDATE, DELETE and WITH are let go after a comparison or two.
        return (char)(_lexer.Text[0] | 0x20) switch
        {
            'a' when Is("abort"u8) => ReadRollback(),
            'b' when Is("begin"u8) => StatementKind.Begin,
            'c' => ReadC(),
            'd' => ReadD(),
            'e' when Is("end"u8) => StatementKind.Commit,
            'e' when Is("execute"u8) => Named(StatementKind.Execute),
            'l' when Is("listen"u8) => Named(StatementKind.Listen),
            'l' when Is("load"u8) => StatementKind.Load,
            'n' when Is("notify"u8) => Named(StatementKind.Notify),
            'p' when Is("prepare"u8) => ReadPrepare(),
            'r' => ReadR(),
            's' => ReadS(),
            'u' when Is("unlisten"u8) => ReadUnlisten(),
            _ => StatementKind.Other,
        };
    }

    private StatementKind ReadC()
    {
        if (Is("commit"u8))
        {
            return NextIs("prepared"u8) ? StatementKind.CommitPrepared : StatementKind.Commit;
        }

        if (Is("close"u8))
        {
            return NextIs("all"u8) ? StatementKind.CloseAllCursors : NamedHere(StatementKind.CloseCursor);
        }

        return Is("create"u8) ? ReadCreate() : StatementKind.Other;
    }

    private StatementKind ReadD()
    {
        if (Is("declare"u8))
        {
            return ReadDeclare();
        }

        if (Is("deallocate"u8))
        {
            _lexer.Next();
            PassNoise("prepare"u8);
            return Is("all"u8) ? StatementKind.DeallocateAll : NamedHere(StatementKind.Deallocate);
        }

        if (!Is("discard"u8))
        {
            return StatementKind.Other;
        }

        _lexer.Next();
        return Is("all"u8) ? StatementKind.DiscardAll
            : Is("plans"u8) ? StatementKind.DiscardPlans
            : Is("sequences"u8) ? StatementKind.DiscardSequences
            : Is("temp"u8) || Is("temporary"u8) ? StatementKind.DiscardTemp
            : StatementKind.Other;
    }

    private StatementKind ReadR()
    {
        if (Is("rollback"u8))
        {
            return ReadRollback();
        }

        if (Is("release"u8))
        {
            _lexer.Next();
            PassNoise("savepoint"u8);
            return NamedHere(StatementKind.ReleaseSavepoint);
        }

        if (!Is("reset"u8))
        {
            return StatementKind.Other;
        }

        _lexer.Next();
        if (Is("all"u8))
        {
            return StatementKind.ResetAll;
        }

        ReadSetting();
        return StatementKind.Reset;
    }

    private StatementKind ReadS() =>
        Is("set"u8) ? ReadSet()
        : Is("savepoint"u8) ? Named(StatementKind.Savepoint)
        : Is("start"u8) && NextIs("transaction"u8) ? StatementKind.Begin
        : StatementKind.Other;

    private StatementKind ReadRollback()
    {
        _lexer.Next();
        if (Is("prepared"u8))
        {
            return StatementKind.RollbackPrepared;
        }

        if (Is("work"u8) || Is("transaction"u8))
        {
            _lexer.Next();
        }

        if (!Is("to"u8))
        {
            return StatementKind.Rollback;
        }

        _lexer.Next();
        PassNoise("savepoint"u8);
        return NamedHere(StatementKind.RollbackToSavepoint);
    }

    private StatementKind ReadPrepare()
    {
        Named(StatementKind.Prepare);
        if (!Is("transaction"u8))
        {
            return StatementKind.Prepare;
        }

        // A prepared statement may have this name too; only a transaction's identifier is a string.
        if (_lexer.Next() != SqlTokenKind.String)
        {
            return StatementKind.Prepare;
        }

        Name = default;
        return StatementKind.PrepareTransaction;
    }

    private StatementKind ReadUnlisten() =>
        Named(StatementKind.Unlisten) is var kind && _lexer.Symbol == '*' ? StatementKind.UnlistenAll : kind;

    private StatementKind ReadDeclare()
    {
        Named(StatementKind.DeclareCursor);
        for (var i = 0; i < CursorWordsMax && _lexer.Next() == SqlTokenKind.Word; i++)
        {
            if (Is("cursor"u8))
            {
                return NextIs("with"u8) && NextIs("hold"u8)
                    ? StatementKind.DeclareCursorWithHold
                    : StatementKind.DeclareCursor;
            }
        }

        return StatementKind.DeclareCursor;
    }

    private StatementKind ReadCreate()
    {
        if (NextIs("or"u8) && NextIs("replace"u8))
        {
            _lexer.Next();
        }

        MayHaveBody = Is("function"u8) || Is("procedure"u8);
        if (Is("local"u8) || Is("global"u8))
        {
            _lexer.Next();
        }

        return Is("temp"u8) || Is("temporary"u8) ? StatementKind.CreateTemp : StatementKind.Other;
    }

    private StatementKind ReadSet()
    {
        _lexer.Next();
        var kind = StatementKind.Set;
        if (IsSyntax("local"u8))
        {
            _lexer.Next();
            kind = StatementKind.SetLocal;
        }
        else if (IsSyntax("session"u8) && !PeekIs("authorization"u8))
        {
            _lexer.Next();
        }

        if (IsSyntax("transaction"u8))
        {
            return kind == StatementKind.SetLocal ? kind : StatementKind.SetTransaction;
        }

        if (IsSyntax("characteristics"u8))
        {
            return StatementKind.SetSessionCharacteristics;
        }

        if (IsSyntax("constraints"u8))
        {
            return StatementKind.SetConstraints;
        }

        ReadSetting();
        return kind;
    }

    /// <summary>The setting's name, or the name behind a syntax of its own.</summary>
    private void ReadSetting()
    {
        Name = IsSyntax("time"u8) && PeekIs("zone"u8) ? "TimeZone"u8
            : IsSyntax("session"u8) && PeekIs("authorization"u8) ? "session_authorization"u8
            : IsSyntax("transaction"u8) && PeekIs("isolation"u8) ? "transaction_isolation"u8
            : IsSyntax("schema"u8) && PeekIsValue() ? "search_path"u8
            : IsSyntax("names"u8) ? "client_encoding"u8
            : IsSyntax("xml"u8) && PeekIs("option"u8) ? "xmloption"u8
            : DottedName();
    }

    private ReadOnlySpan<byte> DottedName()
    {
        var name = NameHere();
        var first = _lexer;
        while (!name.IsEmpty && _lexer.Next() == SqlTokenKind.Symbol && _lexer.Symbol == '.'
            && _lexer.Next() is SqlTokenKind.Word or SqlTokenKind.QuotedName)
        {
            name = first.TextUpTo(_lexer.Position);
        }

        return name;
    }

    private StatementKind Named(StatementKind kind)
    {
        _lexer.Next();
        return NamedHere(kind);
    }

    private StatementKind NamedHere(StatementKind kind)
    {
        Name = NameHere();
        return kind;
    }

    private readonly ReadOnlySpan<byte> NameHere() =>
        _lexer.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName ? _lexer.Text : default;

    /// <summary>Goes past a word that may be left out, unless it is the name itself.</summary>
    private void PassNoise(ReadOnlySpan<byte> word)
    {
        var next = _lexer;
        if (Is(word) && next.Next() is SqlTokenKind.Word or SqlTokenKind.QuotedName)
        {
            _lexer = next;
        }
    }

    private readonly bool Is(ReadOnlySpan<byte> word) =>
        _lexer.Kind == SqlTokenKind.Word && Ascii.EqualsIgnoreCase(_lexer.Text, word);

    private bool NextIs(ReadOnlySpan<byte> word)
    {
        _lexer.Next();
        return Is(word);
    }

    private readonly bool PeekIs(ReadOnlySpan<byte> word)
    {
        var next = _lexer;
        return next.Next() == SqlTokenKind.Word && Ascii.EqualsIgnoreCase(next.Text, word);
    }

    private readonly bool PeekIsValue()
    {
        var next = _lexer;
        return next.Next() is SqlTokenKind.String or SqlTokenKind.Word;
    }

    /// <summary>A word of the syntax; the same word before <c>=</c>, <c>TO</c> or a dot is a setting's name.</summary>
    private readonly bool IsSyntax(ReadOnlySpan<byte> word)
    {
        if (!Is(word))
        {
            return false;
        }

        var next = _lexer;
        next.Next();
        return next.Symbol is not ((byte)'=' or (byte)'.') && !PeekIs("to"u8);
    }
}
