using System.Net;
using System.Net.Sockets;
using System.Text;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Isolation;

/// <summary>
/// A client that puts a tag of its own into all that it sends, and fails when it hears another's, or an answer that is not
/// its own. A seed gives its script again; what the others and the server do meanwhile is theirs.
/// </summary>
internal sealed class TaggedClient : IDisposable
{
    private const string Mark = "secret";
    private const string Canceled = "57014";

    private readonly IPEndPoint _proxy;
    private readonly Random _random;
    private readonly string _tag;
    private readonly StringBuilder _story = new();
    private readonly HashSet<int> _prepared = [];
    private readonly bool _mayPin;
    private WirePeer? _peer;
    private BackendKeyData? _key;
    private string _tenant = "";
    private int _requests;

    /// <param name="number">Below 100.</param>
    /// <param name="mayPin">It may keep a server connection for a while.</param>
    public TaggedClient(IPEndPoint proxy, int seed, int number, bool mayPin)
    {
        _proxy = proxy;
        _random = new Random((seed * 100) + number);
        _tag = $"{Mark}{number:D2}";
        _mayPin = mayPin;
    }

    /// <summary>How often its connection was lost.</summary>
    public int Losses { get; private set; }

    public int Answers { get; private set; }

    public async Task RunAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            try
            {
                await ConnectAsync();
                await ActAsync(_random.Next(24));
            }
            catch (Exception loss) when (loss is EndOfStreamException or SocketException)
            {
                // Somebody killed the server connection, or this client itself.
                Losses++;
                Forget();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{_tag} after: {_story}", failure);
            }
        }

        if (_peer is { } peer)
        {
            await peer.SendAsync(static writer => writer.Begin(MessageType.Terminate).End());
        }
    }

    public void Dispose() => _peer?.Dispose();

    private async Task ConnectAsync()
    {
        if (_peer is null)
        {
            _peer = await WirePeer.ConnectAsync(_proxy);
            _key = await _peer.LogInAsync("postgres");
        }
    }

    private void Forget()
    {
        _peer?.Dispose();
        _peer = null;
        _prepared.Clear();
        _tenant = "";
    }

    private Task ActAsync(int action)
    {
        var value = $"{_tag}-{++_requests}";
        _story.Append(action).Append(' ');
        return action switch
        {
            0 or 1 or 2 => AnswersAsync([value], QueryOf($"SELECT '{value}'")),
            3 or 4 or 5 or 6 => NamedAsync(_random.Next(4), value),
            7 => SetAsync(value),
            8 or 9 or 10 => AnswersAsync([$"{_tenant}|"], QueryOf("SELECT concat(current_setting('my.tenant', true), '|')")),
            11 => NoticeAsync(value),
            12 or 13 => FailAsync(value),
            14 => AnswersAsync(
                [.. Enumerable.Repeat(value + "\n", 40)],
                QueryOf($"COPY (SELECT '{value}' FROM generate_series(1, 40)) TO STDOUT")),
            15 => CopyInAsync(value),
            16 or 17 => TransactionAsync(value),
            18 or 19 => CancelAsync(value),
            20 => PipelineAsync(value),
            21 => LeaveAsync(value),
            22 => _mayPin ? PinAsync(value) : StrayCancelAsync(),
            _ => AnswersAsync([], QueryOf($"SELECT pg_terminate_backend(pg_backend_pid()), '{value}'")),
        };
    }

    private static Action<FrameWriter> QueryOf(string sql) => writer => new Query(sql).Write(writer);

    /// <summary>Sends a request and compares its rows or copy data.</summary>
    private async Task AnswersAsync(string[] expected, Action<FrameWriter> request)
    {
        await _peer!.SendAsync(request);
        var answer = await ReadAsync();
        Assert.True(answer.Error is null, $"{answer.Error}");
        Assert.Equal(expected, answer.Rows);
    }

    /// <summary>Half of the statements have the text of everybody, half one of this client.</summary>
    private Task NamedAsync(int number, string value) => AnswersAsync([number % 2 == 0 ? value : _tag + value], writer =>
    {
        if (_prepared.Add(number))
        {
            var text = number % 2 == 0 ? $"SELECT $1::text /* {number} */" : $"SELECT '{_tag}' || $1::text /* {number} */";
            writer.Begin(MessageType.Parse).Text($"s{number}").Text(text).Int16(0).End();
        }

        writer.Begin(MessageType.Bind).Text("").Text($"s{number}").Int16(0).Int16(1).Value(value).Int16(0).End();
        writer.Begin(MessageType.Execute).Text("").Int32(0).End();
        writer.Begin(MessageType.Sync).End();
    });

    private async Task SetAsync(string value)
    {
        await AnswersAsync([], QueryOf($"SET my.tenant = '{value}'; SET application_name = '{value}'"));
        _tenant = value;
        await AnswersAsync([value], QueryOf("SHOW application_name"));
    }

    private async Task NoticeAsync(string value)
    {
        await _peer!.SendAsync(QueryOf($"DO $$ BEGIN RAISE NOTICE '{value}'; END $$"));
        Assert.Contains((await ReadAsync()).Notices, notice => notice.Contains(value, StringComparison.Ordinal));
    }

    private async Task FailAsync(string value)
    {
        await _peer!.SendAsync(QueryOf($"SELECT CAST('{value}' AS int)"));
        var error = (await ReadAsync()).Error;
        Assert.Equal("22P02", error?.Code);
        Assert.Contains(value, error!.Message, StringComparison.Ordinal);
    }

    private async Task CopyInAsync(string value)
    {
        await _peer!.SendAsync(QueryOf("COPY tags FROM STDIN"));
        while (await HearAsync() is var message and not { Type: 'G' })
        {
            Assert.True(message.Type is 'S' or 'N', $"{message}");
        }

        await AnswersAsync([], writer =>
        {
            for (var line = 0; line < 30; line++)
            {
                writer.Begin(MessageType.CopyData).Bytes(Encoding.UTF8.GetBytes(value + "\n")).End();
            }

            writer.Begin(MessageType.CopyDone).End();
        });
        await AnswersAsync(["30"], QueryOf($"SELECT count(*) FROM tags WHERE v = '{value}'"));
    }

    private async Task TransactionAsync(string value)
    {
        await AnswersAsync([], QueryOf("BEGIN"));
        await AnswersAsync([], QueryOf($"SET LOCAL my.tenant = '{value}'"));
        await AnswersAsync([value], QueryOf("SHOW my.tenant"));
        await AnswersAsync([], QueryOf("SAVEPOINT one"));
        await FailAsync(value);
        await AnswersAsync([], QueryOf("ROLLBACK TO one"));
        await NamedAsync(_random.Next(4), value);
        await AnswersAsync([], QueryOf(_random.Next(2) == 0 ? "COMMIT" : "ROLLBACK"));
    }

    /// <summary>The cancel request may come too late, but it may hit nothing else.</summary>
    private async Task CancelAsync(string value)
    {
        await _peer!.SendAsync(QueryOf($"SELECT '{value}' FROM pg_sleep(0.02)"));
        await Task.Delay(_random.Next(40));
        await StrayCancelAsync();
        var answer = await ReadAsync();
        Assert.True(answer.Error is null or { Code: Canceled }, $"{answer.Error}");
        Assert.Equal(answer.Error is null ? [value] : [], answer.Rows);
    }

    /// <summary>Waits until it has been taken: later requests of this client are not its aim.</summary>
    private async Task StrayCancelAsync()
    {
        using var canceller = await WirePeer.ConnectAsync(_proxy);
        await canceller.SendAsync(new CancelRequest(_key!.ProcessId, _key.Key).Write);
        Assert.True(await canceller.IsClosedAsync());
    }

    private async Task PipelineAsync(string value)
    {
        const int Depth = 6;
        var writer = new FrameWriter();
        for (var i = 0; i < Depth; i++)
        {
            writer.Begin(MessageType.Parse).Text("").Text($"SELECT '{value}' || $1").Int16(0).End();
            writer.Begin(MessageType.Bind).Text("").Text("").Int16(0).Int16(1).Value($" {i}").Int16(0).End();
            writer.Begin(MessageType.Execute).Text("").Int32(0).End();
            writer.Begin(MessageType.Sync).End();
        }

        await _peer!.SendAsync(writer.Written);
        for (var i = 0; i < Depth; i++)
        {
            Assert.Equal([$"{value} {i}"], (await ReadAsync()).Rows);
        }
    }

    /// <summary>In the middle of a message, or with a request on its way.</summary>
    private async Task LeaveAsync(string value)
    {
        var writer = new FrameWriter();
        new Query($"SELECT '{value}' FROM pg_sleep(0.05)").Write(writer);
        await _peer!.SendAsync(writer.Written[.._random.Next(1, writer.Written.Length + 1)]);
        throw new EndOfStreamException("the client left");
    }

    private async Task PinAsync(string value)
    {
        await AnswersAsync([], QueryOf($"CREATE TEMP TABLE mine AS SELECT '{value}' AS v"));
        await AnswersAsync([value], QueryOf("SELECT v FROM mine"));
        await AnswersAsync([], QueryOf("DROP TABLE mine"));
    }

    private async Task<Answer> ReadAsync()
    {
        var answer = new Answer();
        while (await HearAsync() is var message and not { Type: 'Z' })
        {
            switch (message.Type)
            {
                case 'D':
                    answer.Rows.Add(Encoding.UTF8.GetString(message.Body.AsSpan(sizeof(short) + sizeof(int))));
                    break;
                case 'd':
                    answer.Rows.Add(Encoding.UTF8.GetString(message.Body));
                    break;
                case 'N':
                    answer.Notices.Add(Encoding.UTF8.GetString(message.Body));
                    break;
                case 'E':
                    answer.Error = message.Error;
                    break;
                default:
                    break;
            }
        }

        Answers++;
        return answer;
    }

    private async Task<WireMessage> HearAsync()
    {
        var message = await _peer!.ReadAsync();
        var text = Encoding.Latin1.GetString(message.Body);
        for (var at = text.IndexOf(Mark, StringComparison.Ordinal); at >= 0;
            at = text.IndexOf(Mark, at + 1, StringComparison.Ordinal))
        {
            Assert.True(
                text.AsSpan(at).StartsWith(_tag, StringComparison.Ordinal), $"{_tag} heard what is another's: {message}");
        }

        return message is { Type: 'E', Error: { Severity: ErrorSeverity.Fatal } last }
            ? throw new EndOfStreamException(last.Message)
            : message;
    }

    private sealed class Answer
    {
        public List<string> Rows { get; } = [];

        public List<string> Notices { get; } = [];

        public ErrorResponse? Error { get; set; }
    }
}
