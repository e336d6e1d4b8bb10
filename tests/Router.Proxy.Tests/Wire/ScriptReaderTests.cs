using Router.Testing.Proxy;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

public sealed class ScriptReaderTests
{
    [Theory]
    [InlineData("c1 > Sync", "a.wire:1: a scenario begins with == and its title")]
    [InlineData("== a\nc1 > Sink", "a.wire:2: no message is called 'Sink'")]
    [InlineData("== a\nc1 > ReadyForQuery", "a.wire:2: ReadyForQuery is a message of the backend")]
    [InlineData("== a\ns1 > Query \"x\"", "a.wire:2: Query is a message of the frontend")]
    [InlineData("== a\nc1 < Query", "a.wire:2: Query is a message of the frontend")]
    [InlineData("== a\nc1 < Raw", "a.wire:2: Raw is only sent: a peer hears messages")]
    [InlineData("== a\nd1 > Sync", "a.wire:2: 'd1' is no party: clients are c1 to c9, server connections s1 to s9")]
    [InlineData("== a\nc1 says Sync", "a.wire:2: c1 says: a party sends (>), hears (<), closes or resets")]
    [InlineData("== a\nc1 closes now", "a.wire:2: nothing may follow here, but there is: now")]
    [InlineData("== a\nc1 > Sync 1", "a.wire:2: Sync has 0 fields, and 1 is one too many")]
    [InlineData("== a\nc1 > Query \"x", "a.wire:2: a text that is not ended with \"")]
    [InlineData("== a\nc1 > Query \"\\q\"", "a.wire:2: \\q is no escape: \\n \\t \\0 \\\\ \\\" are, bytes are x:00ff")]
    [InlineData("== a\nc1 > Raw x:abc", "a.wire:2: x:abc is not an even number of hex digits")]
    [InlineData("== a\nc1 > Raw", "a.wire:2: Raw needs its bytes, and nothing else")]
    [InlineData("== a\nc1 > Bind \"\" \"\" [1", "a.wire:2: a [ that is not closed")]
    [InlineData("== a\nc1 > Bind \"\" \"\" 1", "a.wire:2: Bind: a list in [ ] belongs where 1 stands")]
    [InlineData("== a\nc1 > Execute \"\" many", "a.wire:2: many is no number that fits its place")]
    [InlineData("== a\nc1 > StartupMessage 3 user=a", "a.wire:2: 3 is no protocol version, which reads 3.2")]
    [InlineData("== a\nc1 > StartupMessage 3.0 user", "a.wire:2: only name=value may stand where user does")]
    [InlineData("== a\nc1 > first 9 Sync", "a.wire:2: the message has 5 bytes only")]
    [InlineData("== a\n+ Sync", "a.wire:2: a + continues a line that sends or hears, and there is none above")]
    [InlineData("== a\nrepeat 2\nc1 > Sync", "a.wire:3: a repeat without its end")]
    [InlineData("== a\nend", "a.wire:2: an end of no repeat")]
    [InlineData("== a\nexcept transaction # why", "a.wire:2: an except names the route, and then the reason")]
    [InlineData("== a\nrepeat twice", "a.wire:2: behind repeat stands how often, which must be a number")]
    [InlineData("== a\n== b\nc1 > Sync", "a.wire:2: nothing happens in 'a'")]
    public void Mistake_is_told_with_its_line(string script, string expected) =>
        Assert.Equal(expected, Assert.Throws<WireScriptException>(() => WireScriptReader.Read("a.wire", script)).Message);

    [Fact]
    public void Every_scenario_of_a_script_has_a_title_of_its_own()
    {
        foreach (var folder in new[] { WireScripts.Scripted, WireScripts.Postgres })
        {
            foreach (var name in WireScripts.Names(folder))
            {
                var scenarios = WireScripts.Read(folder, name);
                Assert.Equal(scenarios.Length, scenarios.Select(static scenario => scenario.Title).Distinct().Count());
                Assert.All(scenarios, scenario => Assert.False(folder == WireScripts.Postgres && scenario.HasServer, scenario.At));
            }
        }
    }

    [Fact]
    public void Exceptions_of_the_scripts_name_routes_that_there_are() => Assert.All(
        WireScripts.Names(WireScripts.Postgres)
            .SelectMany(static name => WireScripts.Read(WireScripts.Postgres, name))
            .SelectMany(static scenario => scenario.Exceptions.Keys),
        static route => Assert.True(Enum.TryParse<WireRoute>(route, ignoreCase: true, out _), route));

    /// <summary>Clients and server without a proxy: what is sent is what is heard, and shown as it was written.</summary>
    [Theory]
    [InlineData("c1 > ", "s1 < ", "Parse \"s\" \"SELECT $1\" [23 0]")]
    [InlineData("c1 > ", "s1 < ", "Bind \"p\" \"s\" [0 1] [\"a\\n\\\"\" NULL x:ff00 \"\"] [1]")]
    [InlineData("c1 > ", "s1 < ", "Describe P \"p\"")]
    [InlineData("c1 > ", "s1 < ", "Execute \"p\" 10")]
    [InlineData("c1 > ", "s1 < ", "FunctionCall 1598 [1] [\"x\" NULL] 0")]
    [InlineData("c1 > ", "s1 < ", "SASLInitialResponse \"SCRAM-SHA-256\" \"n,,n=,r=abc\"")]
    [InlineData("c1 > ", "s1 < ", "SASLInitialResponse \"SCRAM-SHA-256\" NULL")]
    [InlineData("c1 > ", "s1 < ", "PasswordMessage \"secret\"")]
    [InlineData("c1 > ", "s1 < ", "CopyData x:000102")]
    [InlineData("c1 > ", "s1 < ", "Message y \"who knows\"")]
    [InlineData("s1 > ", "c1 < ", "RowDescription [[\"id\" 0 0 23 4 -1 0] [\"name\" 16384 2 25 -1 -1 0]]")]
    [InlineData("s1 > ", "c1 < ", "DataRow [\"1\" NULL \"\"]")]
    [InlineData("s1 > ", "c1 < ", "ErrorResponse S=\"ERROR\" V=\"ERROR\" C=\"42601\" M=\"x = y\"")]
    [InlineData("s1 > ", "c1 < ", "NegotiateProtocolVersion 3.0 [\"_pq_.a\" \"_pq_.b\"]")]
    [InlineData("s1 > ", "c1 < ", "AuthenticationSASL [\"SCRAM-SHA-256-PLUS\" \"SCRAM-SHA-256\"]")]
    [InlineData("s1 > ", "c1 < ", "AuthenticationMD5Password x:01020304")]
    [InlineData("s1 > ", "c1 < ", "NotificationResponse 17 \"channel\" \"payload\"")]
    [InlineData("s1 > ", "c1 < ", "CopyInResponse 1 [1 1]")]
    [InlineData("s1 > ", "c1 < ", "FunctionCallResponse NULL")]
    [InlineData("s1 > ", "c1 < ", "ParameterStatus \"TimeZone\" \"UTC\"")]
    public async Task Message_is_heard_as_it_was_sent(string sends, string hears, string message)
    {
        var script = $"== a\nlogin c1 s1\n{sends}{message}\n{hears}{message}";
        var trace = await PlayAsync(script);
        if (!message.StartsWith("Notification", StringComparison.Ordinal))
        {
            Assert.EndsWith(Starred(message), trace.TrimEnd(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Unmet_expectation_says_where_what_was_expected_and_what_came()
    {
        var failure = await Assert.ThrowsAsync<WireScriptException>(() => PlayAsync("""
            == A row is missing
            login c1 s1
            c1 > Query "SELECT 1"
            s1 < Query
            s1 > CommandComplete "SELECT 0"
            c1 < DataRow ["1"]
            """));
        Assert.Equal(
            """
            a.wire:6: c1 < DataRow ["1"]
              expected: DataRow ["1"]
              came:     CommandComplete "SELECT 0"
              in:       A row is missing (whole)
              before it:
                c1 > Query "SELECT 1"
                s1 < Query "SELECT 1"
                s1 > CommandComplete "SELECT 0"
                c1 < CommandComplete "SELECT 0"
            """,
            failure.Message);
    }

    [Theory]
    [InlineData("s1 > DataRow [\"1\" \"2\"]\nc1 < DataRow [\"1\"]", "came:     DataRow [\"1\" \"2\"]")]
    [InlineData("s1 > DataRow [NULL]\nc1 < DataRow [\"\"]", "came:     DataRow [NULL]")]
    [InlineData("s1 > ErrorResponse C=42601\nc1 < ErrorResponse C=42602", "came:     ErrorResponse C=\"42601\"")]
    [InlineData("s1 closes\nc1 < ReadyForQuery", "came:     the end of the connection")]
    [InlineData("s1 > NoData\nc1 < EOF", "came:     NoData")]
    [InlineData("s1 > NoData\ns1 closes\nc1 < ... CloseComplete", "came:     the end of the connection")]
    [InlineData("s1 > NoData\n+ NoData\nc1 < NoData", "expected: nothing more")]
    [InlineData("c1 > CancelRequest $c2.pid $c2.key", "a.wire:3: $c2.pid has no value: no message was heard that gives it one")]
    [InlineData("c1 closes\nc1 > Sync", "came:     the script has closed it")]
    public async Task Difference_fails(string lines, string expected)
    {
        var failure = await Assert.ThrowsAsync<WireScriptException>(() => PlayAsync($"== a\nlogin c1 s1\n{lines}"));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_of_transcripts_shows_its_lines_and_their_scenario() => Assert.Equal(
        "== t\n  == t\n  a\n- b\n- c\n+ x",
        Transcripts.Difference("== t\na\nb\nc\nd\n", "== t\na\nx\nd\n"));

    private static string Starred(string message) => message.Replace(" 16384 ", " * ", StringComparison.Ordinal);

    private static async Task<string> PlayAsync(string script)
    {
        using var server = new BackendScript();
        var stage = new WireStage(
            () => WirePeer.ConnectAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, server.Port)),
            () => server.AcceptAsync());
        return await WireRunner.RunAsync(WireScriptReader.Read("a.wire", script).Single(), stage, Chunking.Whole);
    }
}
