using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Proxy.Tests.Integration;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Statements;

/// <summary>
/// Random pipelines of two clients over few server connections with room for few statements: each client hears what a
/// PostgreSQL of its own says.
/// </summary>
[Trait("Category", "Integration")]
public sealed class PipelineFuzzTests(PipelineFuzzTests.Server server) : IClassFixture<PipelineFuzzTests.Server>
{
    private const int Batches = 25;

    private static readonly string[] Names = ["", "a", "b", "c", "d"];

    private static readonly string[] Texts =
    [
        "SELECT 1", "SELECT $1::text", "SELECT 2, $1::text", "SELECT 10 / $1::int4", "SELECT nonsense", "SELECT 3", "",
        "SELECT generate_series(1, 3)", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s", "SELECT 4", "SELECT 5",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_client_hears_what_it_would_hear_alone(int seed)
    {
        var direct = new IPEndPoint(IPAddress.Loopback, server.Port);
        using WirePeer first = await WirePeer.ConnectAsync(direct), second = await WirePeer.ConnectAsync(direct);
        using WirePeer pooledFirst = await server.Proxy.ConnectAsync(), pooledSecond = await server.Proxy.ConnectAsync();
        (WirePeer Alone, WirePeer Pooled)[] clients = [(first, pooledFirst), (second, pooledSecond)];
        foreach (var (alone, pooled) in clients)
        {
            await alone.LogInAsync("postgres");
            await pooled.LogInAsync("postgres");
        }

        var random = new Random(seed);
        var story = new StringBuilder();
        for (var batch = 0; batch < Batches; batch++)
        {
            var who = random.Next(clients.Length);
            var marker = $"batch {batch} of client {who}";
            var writer = new FrameWriter();
            story.Append(marker).Append(": ");
            Write(writer, random, story);
            writer.Begin(MessageType.Sync).End();
            writer.Begin(MessageType.Query).Text($"SELECT '{marker}'").End();
            writer.Begin(MessageType.Query).Text("ROLLBACK").End();
            writer.Begin(MessageType.Query).Text($"SELECT 'end of {marker}'").End();
            var alone = await AskAsync(clients[who].Alone, writer.Written, marker);
            var pooled = await AskAsync(clients[who].Pooled, writer.Written, marker);
            Assert.True(alone == pooled, $"{story}\nalone:\n{alone}\npooled:\n{pooled}");
        }
    }

    /// <summary>The answers up to and with those behind the marker.</summary>
    private static async Task<string> AskAsync(WirePeer client, ReadOnlyMemory<byte> requests, string marker)
    {
        await client.SendAsync(requests);
        var heard = new StringBuilder();
        var isLast = false;
        while (true)
        {
            var message = await client.ReadAsync();
            var body = Encoding.UTF8.GetString(message.Body);
            heard.Append(message.Type).Append(message.Type switch
            {
                'E' or 'N' => CodeOf(message.Body),
                _ => Convert.ToHexString(message.Body),
            }).Append('\n');
            isLast |= message.Type == 'D' && body.EndsWith($"end of {marker}", StringComparison.Ordinal);
            if (isLast && message.Type == 'Z')
            {
                // In a transaction that has failed, preparing a statement once more fails of that, before anything else can.
                return Regex.Replace(heard.ToString(), "E.*\nZ45", "E\nZ45");
            }
        }
    }

    private static string CodeOf(byte[] body)
    {
        var error = ErrorResponse.Parse(body)!;
        return $"{error.Code} {error.Message}";
    }

    private static void Write(FrameWriter writer, Random random, StringBuilder story)
    {
        for (var left = random.Next(1, 14); left > 0; left--)
        {
            var name = Names[random.Next(Names.Length)];
            var text = Texts[random.Next(Texts.Length)];
            var portal = random.Next(4) == 0 ? "p" : "";
            switch (random.Next(13))
            {
                case 0 or 1 or 2:
                    writer.Begin(MessageType.Parse).Text(name).Text(text).Int16(0).End();
                    story.Append($"Parse {name} {text}, ");
                    break;
                case 3 or 4 or 5:
                    var hasValue = random.Next(2) == 0;
                    writer.Begin(MessageType.Bind).Text(portal).Text(name).Int16(0).Int16((short)(hasValue ? 1 : 0));
                    (hasValue ? writer.Value($"{random.Next(3)}") : writer).Int16(0).End();
                    story.Append($"Bind {portal}/{name}, ");
                    break;
                case 6 or 7:
                    writer.Begin(MessageType.Execute).Text(portal).Int32(random.Next(3)).End();
                    story.Append($"Execute {portal}, ");
                    break;
                case 8:
                    writer.Begin(MessageType.Describe).Byte((byte)'S').Text(name).End();
                    story.Append($"Describe {name}, ");
                    break;
                case 9:
                    var isPortal = random.Next(3) == 0;
                    writer.Begin(MessageType.Close).Byte((byte)(isPortal ? 'P' : 'S')).Text(isPortal ? portal : name).End();
                    story.Append($"Close {(isPortal ? "portal" : name)}, ");
                    break;
                case 10:
                    writer.Begin(MessageType.Sync).End();
                    story.Append("Sync, ");
                    break;
                case 11 when name.Length > 0:
                    writer.Begin(MessageType.Parse).Text("").Text($"DEALLOCATE {name}").Int16(0).End();
                    writer.Begin(MessageType.Bind).Text("").Text("").Int16(0).Int16(0).Int16(0).End();
                    writer.Begin(MessageType.Execute).Text("").Int32(0).End();
                    writer.Begin(MessageType.Parse).Text("").Text("SELECT 7").Int16(0).End();
                    story.Append($"Execute DEALLOCATE {name}, ");
                    break;
                default:
                    var sql = random.Next(12) == 0 ? "DEALLOCATE ALL"
                        : random.Next(4) == 0 && name.Length > 0 ? $"DEALLOCATE PREPARE \"{name}\""
                        : text.Contains('$', StringComparison.Ordinal) ? "SELECT 6" : text;
                    writer.Begin(MessageType.Query).Text(sql).End();
                    story.Append($"Query {sql}, ");
                    break;
            }
        }

        story.Append('\n');
    }

    /// <summary>Two server connections, each with room for two statements.</summary>
    public sealed class Server : RealServer
    {
        protected override ProxyOptions Options => new()
        {
            Pool = new PoolOptions
            {
                Mode = PoolMode.Transaction,
                PoolSize = 2,
                MaxPreparedStatements = 2,
                Authentication = AuthType.Any,
            },
        };
    }
}
