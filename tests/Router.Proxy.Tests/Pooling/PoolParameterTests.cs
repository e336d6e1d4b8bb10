using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Pooling;

/// <summary>A client's settings follow it from one server connection to the next.</summary>
public sealed class PoolParameterTests : IAsyncLifetime
{
    private static readonly ParameterStatus[] Reported =
    [
        new("server_version", "15.0"), new("client_encoding", "UTF8"), new("DateStyle", "ISO, MDY"),
        new("application_name", ""), new("in_hot_standby", "off"),
    ];

    private readonly PoolScript _pool = new(new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 1 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task A_client_is_told_what_it_asked_for_as_the_server_spells_it()
    {
        using var client = await _pool.Proxy.ConnectAsync();
        await client.SendAsync(Startup(new StartupParameter("datestyle", "german")).Write);
        using var backend = await AcceptAsync();
        Assert.Equal(["datestyle", "german"], await TakeSettingsAsync(backend, new ParameterStatus("DateStyle", "German, DMY")));
        Assert.Equal("German, DMY", (await GreetingAsync(client))["DateStyle"]);

        // Known by now: no server is asked.
        using var second = await _pool.Proxy.ConnectAsync();
        await second.SendAsync(Startup(new StartupParameter("datestyle", "german")).Write);
        Assert.Equal("German, DMY", (await GreetingAsync(second))["DateStyle"]);
    }

    [Fact]
    public async Task What_differs_is_set_before_the_clients_request_and_not_told_to_it_again()
    {
        var (first, backend) = await LogInAsync(new StartupParameter("application_name", "one"));
        using var open = backend;
        using var second = await _pool.Proxy.ConnectAsync();
        await second.SendAsync(Startup(new StartupParameter("application_name", "two")).Write);
        Assert.Equal("two", (await GreetingAsync(second))["application_name"]);

        await second.QueryAsync("SELECT 2");
        Assert.Equal(["application_name", "two"], await TakeSettingsAsync(backend, new ParameterStatus("application_name", "two")));
        await AnswerAsync(backend, "SELECT 2");
        Assert.Equal('C', (await second.ReadAsync()).Type);
        Assert.Equal('Z', (await second.ReadAsync()).Type);
        await RoundTripAsync(second, backend, "SELECT 3");

        await first.QueryAsync("SELECT 1");
        Assert.Equal(["application_name", "one"], await TakeSettingsAsync(backend, new ParameterStatus("application_name", "one")));
        await AnswerAsync(backend, "SELECT 1");
    }

    [Fact]
    public async Task What_a_client_sets_follows_it()
    {
        var (first, backend) = await LogInAsync();
        using var open = backend;
        await first.QueryAsync("SET datestyle = sql");
        await ExpectAsync(backend, "SET datestyle = sql");
        await backend.SendAsync(new ParameterStatus("DateStyle", "SQL, MDY").Write);
        await DoneAsync(backend);
        _ = await first.ReadUntilAsync('Z');

        var second = await _pool.NextAsync();
        await second.QueryAsync("SELECT 1");
        Assert.Equal(["DateStyle", "ISO, MDY"], await TakeSettingsAsync(backend, new ParameterStatus("DateStyle", "ISO, MDY")));
        await AnswerAsync(backend, "SELECT 1");
        _ = await second.ReadUntilAsync('Z');

        await first.QueryAsync("SELECT 2");
        Assert.Equal(["DateStyle", "SQL, MDY"], await TakeSettingsAsync(backend, new ParameterStatus("DateStyle", "SQL, MDY")));
    }

    [Fact]
    public async Task What_the_server_alone_decides_is_told_to_the_client()
    {
        var (first, backend) = await LogInAsync();
        using var open = backend;
        await backend.SendAsync(new ParameterStatus("is_superuser", "on").Write);
        await first.QueryAsync("SELECT 1");
        await AnswerAsync(backend, "SELECT 1");
        Assert.Equal(
            new ParameterStatus("is_superuser", "on"), ParameterStatus.Parse((await first.ReadUntilAsync('S')).Body));
    }

    [Fact]
    public async Task A_setting_that_the_server_refuses_is_refused_to_the_client_in_the_servers_words()
    {
        using var client = await _pool.Proxy.ConnectAsync();
        await client.SendAsync(Startup(new StartupParameter("timezone", "Nowhere/Land")).Write);
        using var backend = await AcceptAsync();
        _ = await backend.ReadUntilAsync('S');
        await backend.SendAsync(writer =>
        {
            new ErrorResponse(ErrorSeverity.Error, "22023", "invalid value for parameter \"TimeZone\"").Write(writer);
            new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        });
        var error = await FinalErrorAsync(client);
        Assert.Equal((ErrorSeverity.Fatal, "22023"), (error.Severity, error.Code));
        var next = await _pool.NextAsync();
        await RoundTripAsync(next, backend, "SELECT 1");
    }

    [Fact]
    public async Task Other_startup_parameters_get_a_server_connection_that_was_started_with_them()
    {
        var (first, backend) = await LogInAsync();
        await RoundTripAsync(first, backend, "SELECT 1");
        using var second = await _pool.Proxy.ConnectAsync();
        await second.SendAsync(Startup(
            new StartupParameter("options", "-c geqo=off"), new StartupParameter("search_path", "x")).Write);

        // The pool has room for one: the other makes way.
        Assert.Equal('X', (await backend.ReadAsync()).Type);
        using var other = await _pool.Server.AcceptAsync();
        var startup = StartupMessage.Parse((await other.TryReadPacketAsync())!)!;
        Assert.Equal(("-c geqo=off", "x"), (startup.Find("options"), startup.Find("search_path")));
        await other.GreetAsync();
        _ = await GreetingAsync(second);
        await RoundTripAsync(second, other, "SELECT 2");
    }

    private static StartupMessage Startup(params StartupParameter[] parameters) =>
        new(ProtocolVersion.V30, [new("user", "app"), .. parameters]);

    private async Task<(WirePeer Client, WirePeer Backend)> LogInAsync(params StartupParameter[] parameters)
    {
        var client = await _pool.Proxy.ConnectAsync();
        await client.SendAsync(Startup(parameters).Write);
        var backend = await AcceptAsync();
        _ = await GreetingAsync(client);
        if (parameters.Length > 0)
        {
            await client.QueryAsync("SELECT 0");
            _ = await TakeSettingsAsync(backend, [.. parameters.Select(static p => new ParameterStatus(p.Name, p.Value))]);
            await AnswerAsync(backend, "SELECT 0");
            _ = await client.ReadUntilAsync('Z');
        }

        return (client, backend);
    }

    private async Task<WirePeer> AcceptAsync()
    {
        var backend = await _pool.Server.AcceptAsync();
        _ = await backend.TryReadPacketAsync();
        await backend.SendAsync(writer =>
        {
            AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
            foreach (var parameter in Reported)
            {
                parameter.Write(writer);
            }

            new BackendKeyData(1, new CancelKey([1, 2, 3, 4])).Write(writer);
            new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        });
        return backend;
    }

    private static async Task<Dictionary<string, string>> GreetingAsync(WirePeer client)
    {
        var reported = new Dictionary<string, string>();
        while (await client.ReadAsync() is { Type: not 'Z' } message)
        {
            if (message.Type == 'S' && ParameterStatus.Parse(message.Body) is { } parameter)
            {
                reported[parameter.Name] = parameter.Value;
            }
        }

        return reported;
    }
}
