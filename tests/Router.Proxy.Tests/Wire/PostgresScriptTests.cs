using System.Net;
using System.Text;
using Router.Proxy.Tests.Integration;
using Router.Testing.Proxy;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>Every script under postgres/, without the proxy and through it: the clients hear the same.</summary>
[Trait("Category", "Integration")]
public sealed class PostgresScriptTests(RealServer server) : IClassFixture<RealServer>
{
    public static TheoryData<string> Scripts => [.. WireScripts.Names(WireScripts.Postgres)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Clients_hear_through_the_proxy_what_postgres_says(string script)
    {
        var direct = new IPEndPoint(IPAddress.Loopback, server.Port);
        Transcripts.Agrees(script, WireRoute.Direct, await PlayAsync(script, direct, Chunking.Whole));
        foreach (var chunking in new[] { Chunking.Whole, Chunking.Single, Chunking.OfSeed(1) })
        {
            Transcripts.Agrees(script, WireRoute.Session, await PlayAsync(script, server.Proxy.Primary, chunking));
        }
    }

    /// <summary>Each scenario finds an empty schema.</summary>
    private async Task<string> PlayAsync(string script, IPEndPoint endPoint, Chunking chunking)
    {
        var transcript = new StringBuilder();
        var stage = new WireStage(() => WirePeer.ConnectAsync(endPoint));
        foreach (var scenario in WireScripts.Read(WireScripts.Postgres, script))
        {
            await server.Postgres.ScalarAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
            var trace = await WireRunner.RunAsync(scenario, stage, chunking);
            transcript.Append("== ").Append(scenario.Title).Append('\n').Append(trace).Append('\n');
        }

        return transcript.ToString();
    }
}
