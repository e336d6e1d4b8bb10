using System.Text;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Listening;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Listening;

/// <summary>Whose word counts for where a client comes from, and what comes of it.</summary>
public sealed class ProxyProtocolTests
{
    private const string Header = "PROXY TCP4 203.0.113.7 10.0.0.1 40000 5432\r\n";

    [Fact]
    public async Task The_client_has_the_address_that_a_believed_balancer_says()
    {
        await using var pool = Pool(ProxyProtocolMode.Require, "127.0.0.0/8");
        using var client = await pool.Proxy.ConnectAsync();

        // In pieces, and the last one together with what follows.
        foreach (var letter in Header[..^1])
        {
            await client.SendAsync(new byte[] { (byte)letter });
        }

        var login = LogInAsync(client, "\n", "app", "app");
        using var backend = await pool.OpenedAsync();
        await login;
        using var console = await pool.Proxy.ConnectAsync();
        await LogInAsync(console, Header, "admin", "pgbouncer");
        await console.QueryAsync("SHOW CLIENTS");
        var shown = new List<string>();
        while (await console.ReadAsync() is { Type: not 'Z' } message)
        {
            if (message.Type == 'D')
            {
                var row = DataRow.Parse(message.Body)!.Values;
                shown.Add($"{row[1]} {row[5]}:{row[6]}");
            }
        }

        Assert.Contains("app 203.0.113.7:40000", shown);
    }

    [Theory]
    [InlineData(ProxyProtocolMode.Off, "127.0.0.0/8")]
    [InlineData(ProxyProtocolMode.Optional, "10.0.0.0/8")]
    [InlineData(ProxyProtocolMode.Require, "10.0.0.0/8")]
    public async Task A_header_from_anybody_else_ends_the_connection_unanswered(ProxyProtocolMode mode, string networks)
    {
        await using var pool = Pool(mode, networks);
        using (var liar = await pool.Proxy.ConnectAsync())
        {
            await liar.SendAsync(Encoding.ASCII.GetBytes(Header));
            Assert.True(await liar.IsClosedAsync());
        }

        // And he needs none.
        using var client = await pool.Proxy.ConnectAsync();
        var login = LogInAsync(client, "", "app", "app");
        using var backend = await pool.OpenedAsync();
        await login;
    }

    [Fact]
    public async Task Where_it_may_stand_a_connection_without_one_is_the_peers_own_and_where_it_must_it_is_none()
    {
        await using var optional = Pool(ProxyProtocolMode.Optional, "127.0.0.1");
        using var client = await optional.Proxy.ConnectAsync();
        var login = LogInAsync(client, "", "app", "app");
        using var backend = await optional.OpenedAsync();
        await login;
        await using var required = Pool(ProxyProtocolMode.Require, "127.0.0.1");
        using var other = await required.Proxy.ConnectAsync();
        await other.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        Assert.True(await other.IsClosedAsync());
    }

    [Fact]
    public async Task A_bad_or_a_slow_header_ends_the_connection_and_a_health_check_is_nobodys_fault()
    {
        var log = new ListLogger();
        await using var pool = new ProxyHarness(
            new ProxyOptions
            {
                ClientLoginTimeout = TimeSpan.FromSeconds(1),
                ProxyProtocol = ProxyProtocolOptions.Of(ProxyProtocolMode.Require, ["127.0.0.1"])!,
            },
            loggers: log);
        foreach (var bad in new[] { "PROXY TCP4 nonsense\r\n", "PROXX", new string('P', 200) })
        {
            using var client = await pool.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes(bad));
            Assert.True(await client.IsClosedAsync());
        }

        Assert.Equal(3, log.Lines.Count(static line => line.StartsWith("Warning", StringComparison.Ordinal)
            && line.Contains("its PROXY header makes no sense", StringComparison.Ordinal)));
        using var slow = await pool.ConnectAsync();
        await slow.SendAsync(Encoding.ASCII.GetBytes("PROXY TCP4 203"));
        while (await slow.TryReadAsync() is not null)
        {
            // It is told that it took too long.
        }

        using var check = await pool.ConnectAsync();
        await check.SendAsync(Convert.FromHexString("0D0A0D0A000D0A515549540A20000000"));
        check.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.True(await check.IsClosedAsync());
        Assert.Equal(3, log.Lines.Count(static line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    private static PoolScript Pool(ProxyProtocolMode mode, string networks) => new(
        new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 1, Authentication = AuthType.Any, AdminUsers = ["admin"] },
        new ProxyOptions { ProxyProtocol = ProxyProtocolOptions.Of(mode, [networks])! });

    private static async Task LogInAsync(WirePeer client, string header, string user, string database)
    {
        var startup = new FrameWriter();
        new StartupMessage(ProtocolVersion.V30, [new("user", user), new("database", database)]).Write(startup);
        byte[] both = [.. Encoding.ASCII.GetBytes(header), .. startup.Written.Span];
        await client.SendAsync(both);
        _ = await client.ReadUntilAsync('Z');
    }
}
