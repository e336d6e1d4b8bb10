using Router.Configuration;
using Router.Configuration.Proxy;
using Router.Hosting;
using Router.Hosting.Proxy;

namespace Router.Commands;

/// <summary>The endpoint that applications connect to.</summary>
internal sealed class ProxyCommand : ICommand
{
    public string Name => "proxy";

    public string Summary => "run the endpoint that follows the leader";

    public string Help => """
        Usage: router proxy --config FILE

        Serves one address for writes and one for reads of the cluster that FILE (router.yml) names. SIGTERM stops
        accepting and lets sessions finish for drain_timeout; a second one cuts them. SIGHUP reads FILE again.

        Example: router proxy --config /etc/router/router.yml

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        if (arguments is not ["--config", var file])
        {
            throw new UsageException("expected --config and one file");
        }

        var findings = new Findings();
        var configuration = RouterYaml.Load(file, findings);
        foreach (var finding in findings.Told)
        {
            await terminal.ComplainAsync(finding.ToString());
        }

        if (configuration is null)
        {
            return ExitCode.Usage;
        }

        var time = TimeProvider.System;
        await using var log = ProcessLog.Start(configuration.Log, Console.Error, time);
        using var signals = new ProcessSignals();
        signals.Listen();
        return await new ProxyHost(configuration, again => RouterYaml.Load(file, again), log, time)
            .RunAsync(SdNotify.FromProcess(time), signals);
    }
}
