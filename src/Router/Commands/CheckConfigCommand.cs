using Router.Configuration;
using Router.Configuration.Agent;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Proxy;
using Router.Configuration.Yaml;

namespace Router.Commands;

/// <summary>Reads a configuration as the proxy or the agent would, and says everything there is to say about it.</summary>
internal sealed class CheckConfigCommand : ICommand
{
    public string Name => "check-config";

    public string Summary => "check a router.yml, a patroni.yml or a pgbouncer.ini and say what is wrong with it";

    public string Help => """
        Usage: router check-config FILE

        Reads FILE as the proxy (router.yml; or pgbouncer.ini, with what it includes) or the agent (patroni.yml, or a
        directory of them, with PATRONI_* variables) would, and prints notices, warnings and errors with file, line
        and column. Nothing is started or contacted. A file is taken for PgBouncer's when its name ends in .ini, or when
        it begins with a header in brackets.
        Exit code 0: usable; 2: not.

        Example: router check-config /etc/router/router.yml
                 router check-config /etc/pgbouncer/pgbouncer.ini

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        if (arguments is not [var path] || path.StartsWith('-'))
        {
            throw new UsageException("expected one file");
        }

        var findings = new Findings();
        var kind = Check(path, findings);
        foreach (var finding in findings.Told)
        {
            var writer = finding.Severity == FindingSeverity.Error ? terminal.Error : terminal.Out;
            await writer.WriteLineAsync(finding.ToString());
        }

        await terminal.Out.WriteLineAsync($"{path}: {(findings.HasErrors ? "refused" : "good")} ({kind})");
        return findings.HasErrors ? ExitCode.Usage : ExitCode.Ok;
    }

    private static string Check(string path, Findings findings)
    {
        if (IniFiles.IsIni(path))
        {
            if (PgBouncerIni.Load(path, findings) is { } configuration)
            {
                UnsupportedSettings.Report(configuration, findings);
                TlsTrial.Report(configuration, findings);
                _ = AuthFiles.Read(configuration.Settings, findings);
            }

            return "pgbouncer";
        }

        if (ConfigurationFiles.Read(path, findings) is not { } document)
        {
            return "not read";
        }

        if (IsAgents(path, document))
        {
            var overlay = PatroniEnvironment.Read(PatroniEnvironment.TakeFromProcess(), findings);
            _ = PatroniYaml.Read(document.Under(overlay), findings);
            return "agent";
        }

        _ = RouterYaml.Read(document, findings);
        return "proxy";
    }

    /// <summary>Only an agent has an instance and a REST API, and only a proxy listens at the top.</summary>
    private static bool IsAgents(string path, YamlMapping document) =>
        Directory.Exists(path)
        || ((document.Find("postgresql") ?? document.Find("restapi") ?? document.Find("name")) is not null
            && document.Find("listen") is null);
}
