using System.Net;
using System.Net.Sockets;
using System.Text;
using Router.Proxy.Authentication.Ldap;

namespace Router.Proxy.Tests.Authentication.Ldap;

/// <summary>A directory that answers as it likes: in pieces, nonsense, too much, or nothing.</summary>
public sealed class LdapQuestionTests : IDisposable
{
    /// <summary>Of the result of a bind with the id of the first request.</summary>
    private const string Success = "300c 020101 6107 0a0100 0400 0400";
    private const string Denied = "300c 020101 6107 0a0131 0400 0400";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LdapQuestionTests() => _listener.Start();

    private LdapOptions Simple => LdapOptionsReader.Read(
        $"ldapserver=127.0.0.1 ldapport={((IPEndPoint)_listener.LocalEndpoint).Port} ldapprefix=uid= ldapsuffix=\",dc=x\"");

    private LdapOptions Search => LdapOptionsReader.Read(
        $"ldapserver=127.0.0.1 ldapport={((IPEndPoint)_listener.LocalEndpoint).Port} ldapbasedn=dc=x");

    [Theory]
    [InlineData(Success, null)]
    [InlineData(Denied, "bind as uid=app,dc=x: result 49")]
    [InlineData("3017 020101 6112 0a0131 0400 040b.no-such-man", "bind as uid=app,dc=x: result 49, no-such-man")]
    [InlineData("300c 020109 6107 0a0131 0400 0400 " + Success, null)]
    [InlineData("3084 0000000c 020101 6107 0a0100 0400 0400", null)]
    public async Task An_answer_is_taken_at_its_word(string answer, string? expected)
    {
        _ = AnswerAsync(answer);
        Assert.Equal(expected, await AskAsync(Simple));
    }

    [Theory]
    [InlineData("300c 020101 6107 0a0133 0400 0400", "result 51")]
    [InlineData("3027 020100 7822 0a0134 0400 0400 8a19.xxxxxxxxxxxxxxxxxxxxxxxxx", "the server ends the connection")]
    [InlineData("48545450", "the server does not speak LDAP")]
    [InlineData("3080 0000", "the server does not speak LDAP")]
    [InlineData("3084 7fffffff", "the server sent a message of 2147483647 bytes")]
    [InlineData("3085 0000000001", "the server does not speak LDAP")]
    [InlineData("3003 0201ff", "cannot be read")]
    [InlineData("300c 020101 6507 0a0100 0400 0400", "the server answered something else")]
    [InlineData("3005 020101", "the server closed the connection")]
    [InlineData("", "the server closed the connection")]
    public async Task Nonsense_is_no_answer(string answer, string words)
    {
        _ = AnswerAsync(answer);
        var failed = await Assert.ThrowsAsync<LdapException>(() => AskAsync(Simple));
        Assert.Contains(words, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("300c 020102 6507 0a0100 0400 0400", "nobody found below dc=x")]
    [InlineData("300b 020102 6406 0402.un 3000 300b 020102 6406 0402.un 3000 300c 020102 6507 0a0104 0400 0400", "more than one found below dc=x")]
    [InlineData("300b 020102 6406 0402.un 3000 300c 020102 6507 0a0100 0400 0400 300c 020103 6107 0a0131 0400 0400", "bind as un: result 49")]
    [InlineData("3007 020102 7302 0400 300b 020102 6406 0402.un 3000 300c 020102 6507 0a0100 0400 0400 300c 020103 6107 0a0100 0400 0400", null)]
    [InlineData("300b 020102 6406 0400 0402.aa 300c 020102 6507 0a0100 0400 0400", "not a name that can be bound as")]
    public async Task A_search_finds_one_or_nobody(string found, string? expected)
    {
        _ = AnswerAsync($"{Success} {found}");
        Assert.Equal(expected, await AskAsync(Search));
    }

    [Fact]
    public async Task No_password_is_never_right_though_the_server_says_so()
    {
        _ = AnswerAsync(Success);
        Assert.Equal("no password", await LdapQuestion.AskAsync(Simple, "app", [], CancellationToken.None));
    }

    [Fact]
    public async Task The_next_server_is_asked_where_one_does_not_take_the_connection()
    {
        _ = AnswerAsync(Success);
        Assert.Null(await AskAsync(Simple with { Servers = ["127.0.0.9", "127.0.0.1"] }));
        var refused = await Assert.ThrowsAsync<LdapException>(() => AskAsync(Simple with { Servers = ["127.0.0.9"] }));
        Assert.StartsWith("127.0.0.9:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_start_TLS_is_sent_no_password()
    {
        var answering = AnswerAsync("300c 020101 7807 0a0102 0400 0400");
        await Assert.ThrowsAsync<LdapException>(() => AskAsync(Simple with { StartsTls = true }));
        Assert.DoesNotContain("secret", await answering, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_in_clear_behind_the_start_of_TLS_ends_it()
    {
        _ = AnswerAsync($"300c 020101 7807 0a0100 0400 0400 {Success}", isWhole: true);
        var failed = await Assert.ThrowsAsync<LdapException>(() => AskAsync(Simple with { StartsTls = true }));
        Assert.Contains("in clear before TLS", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left_when_the_time_is_over()
    {
        using var late = new CancellationTokenSource();
        var asked = LdapQuestion.AskAsync(Simple, "app", "secret"u8.ToArray(), late.Token);
        using var connection = await _listener.AcceptSocketAsync();
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    public void Dispose() => _listener.Dispose();

    private static Task<string?> AskAsync(LdapOptions options) =>
        LdapQuestion.AskAsync(options, "app", "secret"u8.ToArray(), CancellationToken.None);

    /// <summary>Answers the first request, a byte at a time or all at once; tells what came until the client closed.</summary>
    private async Task<string> AnswerAsync(string answer, bool isWhole = false)
    {
        using var connection = await _listener.AcceptSocketAsync();
        connection.NoDelay = true;
        var heard = new byte[4096];
        var length = await connection.ReceiveAsync(heard);
        foreach (var piece in Bytes(answer).Chunk(isWhole ? int.MaxValue : 1))
        {
            await connection.SendAsync(piece);
        }

        connection.Shutdown(SocketShutdown.Send);
        while (await connection.ReceiveAsync(heard.AsMemory(length)) is var more and > 0)
        {
            length += more;
        }

        return Encoding.Latin1.GetString(heard, 0, length);
    }

    private static byte[] Bytes(string words) =>
    [
        .. words.Split(' ').SelectMany(static word => word.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0
            ? [.. Convert.FromHexString(word[..dot]), .. Encoding.UTF8.GetBytes(word[(dot + 1)..])]
            : Convert.FromHexString(word)),
    ];
}
