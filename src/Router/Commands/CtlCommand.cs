using Microsoft.Extensions.Logging.Abstractions;
using Router.Agent.Observation;
using Router.Configuration;
using Router.Configuration.Agent;
using Router.Dcs.Etcd;
using Router.Hosting;

namespace Router.Commands;

/// <summary>
/// The operator's tool, with the words of patronictl: reads the store itself, and asks the leader's agent for what
/// changes the cluster.
/// </summary>
internal sealed class CtlCommand(TextReader input) : ICommand
{
    private static readonly TimeSpan StoreBound = TimeSpan.FromSeconds(10);

    public string Name => "ctl";

    public string Summary => "list, switch over and inspect a cluster, as patronictl does";

    public string Help => """
        Usage: router ctl -c patroni.yml list [-e] [-f pretty|tsv|json]
               router ctl -c patroni.yml topology [-e]
               router ctl -c patroni.yml history [-f pretty|tsv|json]
               router ctl -c patroni.yml show-config
               router ctl -c patroni.yml switchover [--leader NAME] [--candidate NAME] [--scheduled TIME] [--force]

          -c, --config-file FILE   patroni.yml of a member; default: PATRONICTL_CONFIG_FILE
          -k, --insecure           do not verify the members' certificates
          -e, --extended           show the columns about restarts and tags always
          -f, --format FORMAT      pretty (default), tsv or json
          --force                  ask nothing

        Exit code 0: done (also when a member refused: read the message), 1: not possible or declined, 2: usage.

        Example: router ctl -c /etc/patroni/patroni.yml switchover --candidate node2

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        var options = CtlOptions.Parse(arguments);
        try
        {
            return await RunAsync(options, terminal);
        }
        catch (CtlException failed)
        {
            await terminal.ComplainAsync($"Error: {failed.Message}");
            return ExitCode.Failed;
        }
    }

    private async Task<int> RunAsync(CtlOptions options, Terminal terminal)
    {
        if (await LoadAsync(options, terminal) is not { } configuration)
        {
            return ExitCode.Usage;
        }

        var members = ClientOf(configuration, options);
        if ((TlsFiles.Problem("ctl", members) ?? TlsFiles.Problem(configuration.Etcd)) is { } problem)
        {
            throw new CtlException(problem);
        }

        // A person waits gladly where a lease could not: a store that is slow is shown all the same.
        var settings = EtcdSettingsOf.From(configuration.Etcd, configuration.Namespace, configuration.Scope) with
        {
            CallDeadline = StoreBound,
            ConnectTimeout = StoreBound / 2,
        };
        await using var dcs = new EtcdDcs(settings, TimeProvider.System, NullLogger<EtcdDcs>.Instance);
        using var http = MemberProbeClient.Create(members);
        // The agent itself answers within twice loop_wait; only a dead connection takes longer.
        http.Timeout = TimeSpan.FromMinutes(10);
        var check = new StoreCheck(configuration.Etcd, settings, TimeProvider.System, NullLogger.Instance);
        var session = new CtlSession(dcs, http, configuration.Scope, terminal, input, TimeProvider.System)
        {
            ExplainAsync = () => check.RefusalAsync(CancellationToken.None),
        };
        return await RunAsync(options, session);
    }

    /// <summary>The verbs, over a store and members that may be anything.</summary>
    internal static Task<int> RunAsync(CtlOptions options, CtlSession session) => options.Verb switch
    {
        "list" => CtlReports.ListAsync(options, session, isTopology: false),
        "topology" => CtlReports.ListAsync(options, session, isTopology: true),
        "history" => CtlReports.HistoryAsync(options, session),
        "show-config" => CtlReports.ShowConfigAsync(session),
        _ => new CtlSwitchover(session).RunAsync(options),
    };

    private static async Task<AgentConfiguration?> LoadAsync(CtlOptions options, Terminal terminal)
    {
        var findings = new Findings();
        if (PatroniYaml.Load(options.ConfigFile, PatroniEnvironment.TakeFromProcess(), findings) is { } configuration)
        {
            return configuration;
        }

        foreach (var finding in findings.All.Where(finding => finding.Severity == FindingSeverity.Error))
        {
            await terminal.ComplainAsync(finding.ToString());
        }

        return null;
    }

    private static MemberProbeOptions ClientOf(AgentConfiguration configuration, CtlOptions options)
    {
        var members = AgentBuild.Members(configuration);
        return members with { IsInsecure = members.IsInsecure || options.IsInsecure };
    }
}
