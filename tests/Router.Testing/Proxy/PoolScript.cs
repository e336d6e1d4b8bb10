using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;

namespace Router.Testing.Proxy;

/// <summary>A proxy that pools, in front of a scripted server; and what a test of it says again and again.</summary>
public sealed class PoolScript : IAsyncDisposable
{
    /// <param name="pool">Without users everybody is let in.</param>
    public PoolScript(PoolOptions pool, ProxyOptions? options = null, int loops = 1)
    {
        ArgumentNullException.ThrowIfNull(pool);
        Proxy = new ProxyHarness((options ?? new ProxyOptions()) with
        {
            Pool = pool.Users.Count > 0 ? pool : pool with { Authentication = AuthType.Any },
        }, loops);
        Proxy.Views.PublishPrimary("a", Server.Port);
    }

    public BackendScript Server { get; } = new();

    public ProxyHarness Proxy { get; }

    /// <summary>The first client of a pool, and the server connection that its login opens.</summary>
    public async Task<(WirePeer Client, WirePeer Backend)> FirstAsync(string user = "app")
    {
        var client = await Proxy.ConnectAsync();
        var login = client.LogInAsync(user);
        var backend = await Server.AcceptLoginAsync();
        _ = await login;
        return (client, backend);
    }

    /// <summary>The next server connection that the pool opens, logged in; where none comes, what the pool is doing.</summary>
    public async Task<WirePeer> OpenedAsync(BackendScript? server = null)
    {
        var accepting = (server ?? Server).AcceptLoginAsync();
        try
        {
            return await accepting;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the pool opens no server connection: {Proxy.Server.Snapshot()}");
        }
    }

    /// <summary>Another client; the pool knows what to greet it with.</summary>
    public async Task<WirePeer> NextAsync(string user = "app")
    {
        var client = await Proxy.ConnectAsync();
        _ = await client.LogInAsync(user);
        return client;
    }

    /// <summary>As a backend: takes a query and answers that it is done.</summary>
    public static async Task AnswerAsync(
        WirePeer backend, string sql, TransactionStatus status = TransactionStatus.Idle)
    {
        ArgumentNullException.ThrowIfNull(backend);
        await ExpectAsync(backend, sql);
        await DoneAsync(backend, status);
    }

    /// <summary>As a backend: takes a query.</summary>
    public static async Task ExpectAsync(WirePeer backend, string sql)
    {
        ArgumentNullException.ThrowIfNull(backend);
        var message = await backend.ReadAsync();
        var got = message.Type == 'Q' ? Query.Parse(message.Body)!.Sql : $"a message of type {message.Type}";
        if (got != sql)
        {
            throw new InvalidOperationException($"the server got \"{got}\" where \"{sql}\" was expected");
        }
    }

    public static Task DoneAsync(WirePeer backend, TransactionStatus status = TransactionStatus.Idle)
    {
        ArgumentNullException.ThrowIfNull(backend);
        return backend.SendAsync(writer =>
        {
            writer.Begin(MessageType.CommandComplete).Text("DONE").End();
            new ReadyForQuery(status).Write(writer);
        });
    }

    /// <summary>As a backend: takes the proxy's own setting of parameters, reports them, and says what they were.</summary>
    public static async Task<IReadOnlyList<string>> TakeSettingsAsync(WirePeer backend, params ParameterStatus[] reported)
    {
        ArgumentNullException.ThrowIfNull(backend);
        _ = await backend.ReadUntilAsync('P');
        var bind = await backend.ReadUntilAsync('B');
        _ = await backend.ReadUntilAsync('S');
        await backend.SendAsync(writer =>
        {
            writer.Begin(MessageType.ParseComplete).End();
            writer.Begin(MessageType.BindComplete).End();
            writer.Begin(MessageType.CommandComplete).Text("SELECT 1").End();
            foreach (var parameter in reported)
            {
                parameter.Write(writer);
            }

            new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        });
        return ValuesOf(bind.Body);
    }

    /// <summary>As a client: asks, and reads up to ReadyForQuery once the backend has answered.</summary>
    public static async Task RoundTripAsync(
        WirePeer client, WirePeer backend, string sql, TransactionStatus status = TransactionStatus.Idle)
    {
        ArgumentNullException.ThrowIfNull(client);
        await client.QueryAsync(sql);
        await AnswerAsync(backend, sql, status);
        _ = await client.ReadUntilAsync('Z');
    }

    /// <summary>As a client: the error that ends the session.</summary>
    public static async Task<ErrorResponse> FinalErrorAsync(WirePeer client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return ErrorResponse.Parse((await client.ReadUntilAsync('E')).Body)!;
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        Server.Dispose();
    }

    private static List<string> ValuesOf(byte[] bind)
    {
        // Two empty names and no formats stand before the count of values.
        var reader = new BodyReader(bind.AsSpan(4));
        var values = new List<string>();
        _ = reader.TryReadInt16(out var count);
        for (var i = 0; i < count && reader.TryReadInt32(out var length); i++)
        {
            _ = reader.TryReadBytes(length, out var value);
            values.Add(System.Text.Encoding.UTF8.GetString(value));
        }

        return values;
    }
}
