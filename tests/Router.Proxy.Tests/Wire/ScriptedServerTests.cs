using System.Collections.Immutable;
using Router.Testing.Proxy;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>
/// Every scenario under scripts/, with the proxy between its clients and its server. The classes below it run side by
/// side, each with another way of cutting the bytes.
/// </summary>
public abstract class ScriptedServerTests
{
    public static TheoryData<string, string> Scenarios
    {
        get
        {
            var scenarios = new TheoryData<string, string>();
            foreach (var name in WireScripts.Names(WireScripts.Scripted))
            {
                foreach (var scenario in WireScripts.Read(WireScripts.Scripted, name))
                {
                    scenarios.Add(name, scenario.Title);
                }
            }

            return scenarios;
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_goes_as_written(string script, string title)
    {
        foreach (var chunking in Chunkings)
        {
            await PlayAsync(script, title, chunking);
        }
    }

    protected abstract ImmutableArray<Chunking> Chunkings { get; }

    private static async Task PlayAsync(string script, string title, Chunking chunking)
    {
        var scenario = WireScripts.Read(WireScripts.Scripted, script).Single(scenario => scenario.Title == title);
        await using var proxy = new ProxyHarness();
        using var server = new BackendScript();
        proxy.Views.PublishPrimary("a", server.Port);
        await WireRunner.RunAsync(scenario, new WireStage(proxy.ConnectAsync, () => server.AcceptAsync()), chunking);
    }
}
