using System.Collections.Immutable;
using System.Net;
using System.Text;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Proxy.Tests.Integration;
using Router.Testing.Proxy;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>Every script under postgres/, without the proxy and through it: the clients hear the same.</summary>
[Trait("Category", "Integration")]
public sealed class PostgresScriptTests(RealServer server) : IClassFixture<RealServer>
{
    /// <summary>The modes of the proxy that the scripts are played in.</summary>
    private static readonly ImmutableArray<(WireRoute Route, ProxyOptions Options)> Modes =
    [
        (WireRoute.Session, new ProxyOptions()),
        (WireRoute.Transaction, new ProxyOptions
        {
            Pool = new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 3, Authentication = AuthType.Any },
        }),
    ];

    private static readonly ImmutableArray<Chunking> Chunkings = [Chunking.Whole, Chunking.Single, Chunking.OfSeed(1)];

    public static TheoryData<string> Scripts => [.. WireScripts.Names(WireScripts.Postgres)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Clients_hear_through_the_proxy_what_postgres_says(string script)
    {
        var direct = new IPEndPoint(IPAddress.Loopback, server.Port);
        var stage = new WireStage(() => WirePeer.ConnectAsync(direct));
        Transcripts.Agrees(script, WireRoute.Direct, await PlayAsync(script, WireRoute.Direct, stage, stage, Chunking.Whole));
        foreach (var (route, options) in Modes)
        {
            foreach (var chunking in Chunkings)
            {
                await using var uncut = new PostgresRoute(options, Chunking.Whole, direct);
                await using var cut = new PostgresRoute(options, chunking, direct);
                Transcripts.Agrees(script, route, await PlayAsync(script, route, cut.Stage, uncut.Stage, chunking));
            }
        }
    }

    private async Task<string> PlayAsync(string script, WireRoute route, WireStage cut, WireStage uncut, Chunking chunking)
    {
        var transcript = new StringBuilder();
        foreach (var scenario in WireScripts.Read(WireScripts.Postgres, script))
        {
            transcript.Append("== ").Append(scenario.Title).Append('\n');
            var name = route.ToString().ToLowerInvariant();
            var trace = scenario.Exceptions.TryGetValue(name, out var reason)
                ? $"except {name} {reason}\n"
                : await PlayAsync(scenario, scenario.IsUncut ? uncut : cut, chunking);
            transcript.Append(trace).Append('\n');
        }

        return transcript.ToString();
    }

    /// <summary>In an empty schema.</summary>
    private async Task<string> PlayAsync(WireScenario scenario, WireStage stage, Chunking chunking)
    {
        await server.Postgres.ScalarAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        return await WireRunner.RunAsync(scenario, stage, chunking);
    }
}
