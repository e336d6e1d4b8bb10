using System.Text;
using Router.Protocol.Sql;

namespace Router.Protocol.Tests.Sql;

public sealed class StatementScannerTests
{
    [Theory]
    [InlineData("SELECT 1", "Other")]
    [InlineData("insert into t values (1)", "Other")]
    [InlineData("WITH x AS (SELECT 1) SELECT * FROM x", "Other")]
    [InlineData("(SELECT 1)", "Other")]
    [InlineData("settle", "Other")]
    [InlineData("beginning", "Other")]
    [InlineData("\"set\" x", "Other")]
    [InlineData("begin", "Begin")]
    [InlineData("BEGIN ISOLATION LEVEL SERIALIZABLE", "Begin")]
    [InlineData("start transaction read only", "Begin")]
    [InlineData("start", "Other")]
    [InlineData("commit", "Commit")]
    [InlineData("COMMIT AND CHAIN", "Commit")]
    [InlineData("end", "Commit")]
    [InlineData("abort", "Rollback")]
    [InlineData("rollback work", "Rollback")]
    [InlineData("ROLLBACK TO a", "RollbackToSavepoint a")]
    [InlineData("ROLLBACK TRANSACTION TO SAVEPOINT a", "RollbackToSavepoint a")]
    [InlineData("rollback to savepoint", "RollbackToSavepoint savepoint")]
    [InlineData("savepoint \"A b\"", "Savepoint \"A b\"")]
    [InlineData("release savepoint a", "ReleaseSavepoint a")]
    [InlineData("release a", "ReleaseSavepoint a")]
    [InlineData("release savepoint", "ReleaseSavepoint savepoint")]
    [InlineData("PREPARE TRANSACTION 'gid'", "PrepareTransaction")]
    [InlineData("PREPARE TRANSACTION $$gid$$", "PrepareTransaction")]
    [InlineData("COMMIT PREPARED 'gid'", "CommitPrepared")]
    [InlineData("rollback prepared 'gid'", "RollbackPrepared")]
    [InlineData("prepare p as select 1", "Prepare p")]
    [InlineData("prepare p(int, text) as select $1", "Prepare p")]
    [InlineData("prepare transaction as select 1", "Prepare transaction")]
    [InlineData("execute p(1)", "Execute p")]
    [InlineData("deallocate p", "Deallocate p")]
    [InlineData("deallocate prepare p", "Deallocate p")]
    [InlineData("deallocate prepare", "Deallocate prepare")]
    [InlineData("deallocate all", "DeallocateAll")]
    [InlineData("deallocate prepare all", "DeallocateAll")]
    [InlineData("deallocate \"all\"", "Deallocate \"all\"")]
    [InlineData("discard all", "DiscardAll")]
    [InlineData("discard plans", "DiscardPlans")]
    [InlineData("discard sequences", "DiscardSequences")]
    [InlineData("discard temp", "DiscardTemp")]
    [InlineData("discard temporary", "DiscardTemp")]
    [InlineData("discard nothing", "Other")]
    [InlineData("listen c", "Listen c")]
    [InlineData("unlisten c", "Unlisten c")]
    [InlineData("unlisten *", "UnlistenAll")]
    [InlineData("notify c, 'payload'", "Notify c")]
    [InlineData("declare c cursor for select 1", "DeclareCursor c")]
    [InlineData("declare c binary insensitive no scroll cursor with hold for select 1", "DeclareCursorWithHold c")]
    [InlineData("declare c cursor without hold for select 1", "DeclareCursor c")]
    [InlineData("declare c scroll cursor with hold for select 1", "DeclareCursorWithHold c")]
    [InlineData("close c", "CloseCursor c")]
    [InlineData("close all", "CloseAllCursors")]
    [InlineData("create temp table t ()", "CreateTemp")]
    [InlineData("create local temporary table t ()", "CreateTemp")]
    [InlineData("create global temp sequence s", "CreateTemp")]
    [InlineData("create or replace temp view v as select 1", "CreateTemp")]
    [InlineData("create table temp ()", "Other")]
    [InlineData("create function f() returns int language sql return 1", "Other")]
    [InlineData("load 'auto_explain'", "Load")]
    public void A_statement_is_told_by_its_first_words(string sql, string expected)
    {
        Assert.Equal(expected, Transcript(sql));
        Assert.Equal(expected, Transcript($" \t\r\n\f/* a /* nested */ ; */ -- line ; \n{sql} ; ;"));
    }

    [Theory]
    [InlineData("set search_path to a, b", "Set search_path")]
    [InlineData("SET my.setting = 1", "Set my.setting")]
    [InlineData("set a . \"B\" = 1", "Set a . \"B\"")]
    [InlineData("set session datestyle to iso", "Set datestyle")]
    [InlineData("set local datestyle to iso", "SetLocal datestyle")]
    [InlineData("set local my.setting to 1", "SetLocal my.setting")]
    [InlineData("set local = 1", "Set local")]
    [InlineData("set local.x = 1", "Set local.x")]
    [InlineData("set session to 1", "Set session")]
    [InlineData("set session.x to 1", "Set session.x")]
    [InlineData("set time zone 'UTC'", "Set TimeZone")]
    [InlineData("set local time zone 'UTC'", "SetLocal TimeZone")]
    [InlineData("set schema 'a'", "Set search_path")]
    [InlineData("set names 'utf8'", "Set client_encoding")]
    [InlineData("set role a", "Set role")]
    [InlineData("set role to a", "Set role")]
    [InlineData("set xml option document", "Set xmloption")]
    [InlineData("set session authorization a", "Set session_authorization")]
    [InlineData("set session session authorization a", "Set session_authorization")]
    [InlineData("set local session authorization a", "SetLocal session_authorization")]
    [InlineData("set transaction read only", "SetTransaction")]
    [InlineData("set local transaction read only", "SetLocal")]
    [InlineData("set session characteristics as transaction read only", "SetSessionCharacteristics")]
    [InlineData("set constraints all deferred", "SetConstraints")]
    [InlineData("reset all", "ResetAll")]
    [InlineData("reset my.setting", "Reset my.setting")]
    [InlineData("reset time zone", "Reset TimeZone")]
    [InlineData("reset session authorization", "Reset session_authorization")]
    [InlineData("reset transaction isolation level", "Reset transaction_isolation")]
    [InlineData("reset role", "Reset role")]
    [InlineData("set", "Set")]
    [InlineData("reset", "Reset")]
    public void A_setting_is_told_by_its_name_whatever_the_syntax(string sql, string expected) =>
        Assert.Equal(expected, Transcript(sql));

    [Theory]
    [InlineData("", "")]
    [InlineData(" ; ;; -- nothing", "")]
    [InlineData("begin; set a = 1; commit", "Begin | Set a | Commit")]
    [InlineData("select ';'; set a = 1", "Other | Set a")]
    [InlineData("select 'it''s;'; set a = 1", "Other | Set a")]
    [InlineData("select 'a\\'; set a = 1", "Other | Set a")]
    [InlineData("select E'a\\'; set b = 1'; set a = 1", "Other | Set a")]
    [InlineData("select E'a'\n'b\\'; set b = 1'; set a = 1", "Other | Set a")]
    [InlineData("select E'a' -- x\n -- y\n 'b\\'; set b = 1'; set a = 1", "Other | Set a")]
    [InlineData("select fE'a\\'; set a = 1", "Other | Set a")]
    [InlineData("select b'1;', x'F;', n'\\', U&'\\'; set a = 1", "Other | Set a")]
    [InlineData("select U&\"a;\"\"b\"; set a = 1", "Other | Set a")]
    [InlineData("select \"a;\"\"b;\"; set a = 1", "Other | Set a")]
    [InlineData("select $$;'$$; set a = 1", "Other | Set a")]
    [InlineData("select $a$;$b$;$$;$a$; set a = 1", "Other | Set a")]
    [InlineData("select $a$;$x$a$; set a = 1", "Other | Set a")]
    [InlineData("select a$b$; set a = 1", "Other | Set a")]
    [InlineData("select $1; set a = 1", "Other | Set a")]
    [InlineData("select $1$; set a = 1", "Other | Set a")]
    [InlineData("select 1 -- ; set b = 1\n; set a = 1", "Other | Set a")]
    [InlineData("select 1 -- ; set b = 1\r; set a = 1", "Other | Set a")]
    [InlineData("select 1 /* ; /* ; */ ; */; set a = 1", "Other | Set a")]
    [InlineData("select 1 */* ; */ 2; set a = 1", "Other | Set a")]
    [InlineData("select 1/ 2 - 1; set a = 1", "Other | Set a")]
    [InlineData("create rule r as on insert to t do (select 1; select 2); set a = 1", "Other | Set a")]
    [InlineData("create function f() returns int begin atomic select 1; select case when true then 2 end; end; set a = 1", "Other | Set a")]
    [InlineData("create or replace procedure begin() begin atomic insert into t values (1); end;", "Other")]
    [InlineData("create function begin() returns int language sql as ''; set a = 1", "Other | Set a")]
    [InlineData("create function f(begin int) returns int language sql as ''; set a = 1", "Other | Set a")]
    [InlineData("begin; end; begin; end", "Begin | Commit | Begin | Commit")]
    [InlineData("select 'never closed; set a = 1", "Other")]
    [InlineData("select $$never closed; set a = 1", "Other")]
    [InlineData("select /* never closed; set a = 1", "Other")]
    [InlineData("set a = 1; -- ;\n /* ; */", "Set a")]
    public void Statements_end_where_PostgreSQL_ends_them(string sql, string expected) =>
        Assert.Equal(expected, Transcript(sql));

    [Fact]
    public void Backslashes_count_in_plain_strings_only_where_the_session_says_so()
    {
        const string Sql = @"select 'a\'; set a = 1 --'; set b = 1";
        Assert.Equal("Other | Set a", Transcript(Sql));
        Assert.Equal("Other | Set b", Transcript(Sql, standardConformingStrings: false));
        Assert.Equal("Other | Set a", Transcript(@"select x'\'; set a = 1 --'", standardConformingStrings: false));
    }

    [Fact]
    public void The_text_of_a_statement_is_given_without_its_semicolon()
    {
        var scanner = new StatementScanner(" begin ; /* x */ set a = ';' /* y */;"u8);
        Assert.True(scanner.TryRead(out var head));
        Assert.Equal("begin ", Encoding.UTF8.GetString(head.Text));
        Assert.True(scanner.TryRead(out head));
        Assert.Equal("set a = ';' /* y */", Encoding.UTF8.GetString(head.Text));
        Assert.False(scanner.TryRead(out _));
        Assert.False(scanner.TryRead(out _));
    }

    [Theory]
    [InlineData("MyName", "myname")]
    [InlineData("\"My \"\"Name\"", "My \"Name")]
    [InlineData("My . \"Set.Ting\"", "my.Set.Ting")]
    [InlineData("", "")]
    [InlineData("U&\"a\"", null)]
    [InlineData("a/**/.b", null)]
    public void A_name_has_one_spelling(string name, string? expected)
    {
        Span<byte> destination = stackalloc byte[64];
        var isFolded = SqlName.TryFold(Encoding.UTF8.GetBytes(name), destination, out var written);
        Assert.Equal(expected, isFolded ? Encoding.UTF8.GetString(destination[..written]) : null);
        Assert.False(name == "MyName" && SqlName.TryFold("MyName"u8, destination[..5], out _));
    }

    [Fact]
    public void Looking_at_a_text_allocates_nothing()
    {
        var ordinary = "SELECT a, b FROM t WHERE c = 'x' -- ;"u8.ToArray();
        var several = "BEGIN; SET LOCAL a = ';'; SELECT $$;$$; COMMIT"u8.ToArray();
        CountStatements(ordinary);
        CountStatements(several);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = 0;
        for (var i = 0; i < 1000; i++)
        {
            count += CountStatements(ordinary) + CountStatements(several);
        }

        Assert.Equal((0L, 5000), (GC.GetAllocatedBytesForCurrentThread() - before, count));
    }

    [Fact]
    public void Any_text_is_read_to_its_end_without_a_throw()
    {
        string[] pieces =
        [
            "'", "\"", "$", "$$", "$a$", ";", "--", "/*", "*/", "\n", "\\", "E'", "U&\"", "U&'", "b'", " ", "(", ")", ".",
            "=", "é", "a", "1", "set", "local", "session", "begin", "atomic", "end", "case", "create", "function", "to",
            "authorization", "prepare", "transaction", "deallocate", "declare", "cursor", "with", "hold", "rollback", "\0",
        ];
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            for (var i = random.Next(0, 20); i > 0; i--)
            {
                text.Append(pieces[random.Next(pieces.Length)]).Append(random.Next(3) == 0 ? " " : "");
            }

            var sql = Encoding.UTF8.GetBytes(text.ToString());
            Assert.InRange(CountStatements(sql, seed % 2 == 0), 0, sql.Length);
        }
    }

    [Fact]
    public void Every_beginning_of_a_text_is_read_without_a_throw()
    {
        var sql = "/*a*/ SET LOCAL E.\"b\"\"\" = U&'x' ; PREPARE transaction ; select E'\\'' $a$ $a$ -- \n"u8;
        for (var cut = 0; cut <= sql.Length; cut++)
        {
            Assert.InRange(CountStatements(sql[..cut]), 0, 3);
        }
    }

    private static int CountStatements(ReadOnlySpan<byte> sql, bool standardConformingStrings = true)
    {
        var scanner = new StatementScanner(sql, standardConformingStrings);
        var count = 0;
        while (scanner.TryRead(out var head))
        {
            count += head.Text.IsEmpty ? 1_000_000 : 1;
        }

        return count;
    }

    private static string Transcript(string sql, bool standardConformingStrings = true)
    {
        var scanner = new StatementScanner(Encoding.UTF8.GetBytes(sql), standardConformingStrings);
        var found = new List<string>();
        while (scanner.TryRead(out var head))
        {
            found.Add($"{head.Kind} {Encoding.UTF8.GetString(head.Name)}".TrimEnd());
        }

        return string.Join(" | ", found);
    }
}
