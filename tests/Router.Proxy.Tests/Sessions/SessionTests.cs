using Router.Protocol;
using Router.Protocol.Messages;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Sessions;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly ProxyHarness _proxy = new();
    private readonly BackendScript _script = new();

    public Task InitializeAsync()
    {
        _proxy.Views.PublishPrimary("a", _script.Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _script.Dispose();
    }

    [Fact]
    public async Task A_query_goes_there_and_its_answer_back()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.QueryAsync("SELECT 1");
        Assert.Equal(new Query("SELECT 1"), Query.Parse((await backend.ReadAsync()).Body));
        await backend.SendAsync(w =>
        {
            w.Begin(MessageType.CommandComplete).Text("SELECT 1").End();
            new ReadyForQuery(TransactionStatus.Idle).Write(w);
        });
        Assert.Equal('C', (await client.ReadAsync()).Type);
        Assert.Equal('Z', (await client.ReadAsync()).Type);
    }

    [Fact]
    public async Task The_startup_message_arrives_byte_for_byte()
    {
        using var client = await _proxy.ConnectAsync();
        var message = new StartupMessage(
            new ProtocolVersion((3 << 16) | 9999),
            [new("user", "älice"), new("database", "x y"), new("_pq_.test", "1"), new("options", "-c geqo=off")]);
        await client.SendAsync(message.Write);
        using var backend = await _script.AcceptAsync();
        Assert.Equal(message, await backend.AcceptLoginAsync());
    }
}
