using Router.Configuration;
using Router.Configuration.Agent;
using Router.Hosting;

namespace Router.Commands;

/// <summary>The agent beside one PostgreSQL server.</summary>
internal sealed class AgentCommand : ICommand
{
    public string Name => "agent";

    public string Summary => "run the agent beside one PostgreSQL server";

    public string Help => """
        Usage: router agent FILE

        Runs the election agent of one PostgreSQL server: FILE is its patroni.yml (or a directory of them). SIGTERM stops
        PostgreSQL and hands leadership over, SIGHUP reads FILE again. Does not run as root, because PostgreSQL does not.

        Example: router agent /etc/router/patroni.yml

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        if (arguments is not [var file] || file.StartsWith('-'))
        {
            throw new UsageException("expected one file");
        }

        if (ProcessAccount.RefusalOfAgent() is { } refusal)
        {
            await terminal.ComplainAsync($"router agent: {refusal}");
            return ExitCode.Usage;
        }

        var findings = new Findings();
        var environment = PatroniEnvironment.TakeFromProcess();
        var configuration = PatroniYaml.Load(file, environment, findings);
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
        var notify = SdNotify.FromProcess(time);
        return await new AgentHost(
            configuration, file, again => PatroniYaml.Load(file, environment, again), log, time).RunAsync(notify, signals);
    }
}
