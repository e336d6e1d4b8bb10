using Router.Testing;
using Router.Testing.Postgres;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Integration;

/// <summary>A real PostgreSQL that was demoted behind the proxy's back.</summary>
[Trait("Category", "Integration")]
public sealed class StandbyServerTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task A_client_of_the_primary_waits_until_the_standby_has_been_promoted()
    {
        await ScratchPostgres.SignalAsync("INT", server.Postgres.PostmasterPid);
        await Eventually.TrueAsync(() => server.Postgres.Processes().Count == 0, "the server has ended");
        await File.WriteAllTextAsync(Path.Combine(server.Postgres.DataDirectory, "standby.signal"), "");
        await server.Postgres.StartAsync();
        Assert.Equal("True", await server.Postgres.ScalarAsync("SELECT pg_is_in_recovery()"));

        using var client = await WirePeer.ConnectAsync(server.Proxy.Primary);
        var login = client.LogInAsync("postgres");
        await Eventually.TrueAsync(
            () => !server.Proxy.Views.Standbys.IsEmpty && server.Proxy.Server.Snapshot().HoldQueueLength == 1,
            "the standby has been found out and the client waits");
        Assert.False(login.IsCompleted);

        await server.Postgres.ScalarAsync("SELECT pg_promote()");
        server.Proxy.Views.PublishPrimary("a", server.Port, timeline: 2);
        _ = await login;
        await client.QueryAsync("CREATE TABLE written (i int)");
        Assert.Equal("CREATE TABLE\0", System.Text.Encoding.UTF8.GetString((await client.ReadUntilAsync('C')).Body));
    }

    [Fact]
    public async Task Both_kinds_of_encryption_request_are_declined()
    {
        foreach (var options in new[] { "sslmode=require", "gssencmode=require" })
        {
            var (exitCode, _, error) = await server.TryRunAsync("psql", $"-XAt \"{options}\" -c \"SELECT 1\"");
            Assert.Equal(2, exitCode);
            Assert.Matches("server does not support SSL|GSSAPI", error);
        }
    }
}
