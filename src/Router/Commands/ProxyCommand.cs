using Router.Configuration;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Proxy;
using Router.Hosting;
using Router.Hosting.PgBouncer;
using Router.Hosting.Proxy;
using Router.Proxy.Manners;

namespace Router.Commands;

/// <summary>The endpoint that applications connect to.</summary>
internal sealed class ProxyCommand : ICommand
{
    public string Name => "proxy";

    public string Summary => "run the endpoint that follows the leader";

    public string Help => """
        Usage: router proxy --config FILE      router proxy FILE.ini

        Serves one address for writes and one for reads of the cluster that FILE (router.yml) names. SIGTERM stops
        accepting and lets sessions finish for drain_timeout; a second one cuts them. SIGHUP reads FILE again.

        A pgbouncer.ini is served as it stands: the databases and servers that it names, with no cluster and no store.
        SIGTERM ends when the last client has left, SIGINT when no server connection is in use, SIGQUIT at once; SIGUSR1
        is PAUSE, SIGUSR2 is RESUME. 'router pgbouncer' does the same in PgBouncer's own words.

        Example: router proxy --config /etc/router/router.yml
                 router proxy /etc/pgbouncer/pgbouncer.ini

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        if (arguments is [var ini] && IniFiles.IsIni(ini))
        {
            return await ServeIniAsync(ini, terminal);
        }

        if (arguments is not ["--config", var file])
        {
            throw new UsageException("expected --config and one file, or a pgbouncer.ini");
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

    private static async Task<int> ServeIniAsync(string file, Terminal terminal)
    {
        var findings = new Findings();
        var configuration = PoolerConfiguration.Load(file, findings);
        foreach (var finding in findings.Told)
        {
            await terminal.ComplainAsync(finding.ToString());
        }

        return configuration is null
            ? ExitCode.Usage
            : await PoolerRun.StartAsync(configuration, Personality.Router, arguments: null, TimeProvider.System);
    }
}
