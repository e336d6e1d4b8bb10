using Router.Configuration;
using Router.Configuration.PgBouncer.Settings;
using Router.Hosting;
using Router.Hosting.PgBouncer;
using Router.Proxy;
using Router.Proxy.Manners;

namespace Router.Commands;

/// <summary>The pooler under PgBouncer's name: its command line, its exit codes, its words.</summary>
internal sealed class PgBouncerCommand(TimeProvider time) : ICommand
{
    /// <summary>Every failure of PgBouncer's.</summary>
    private const int Failed = 1;

    public string Name => "pgbouncer";

    public string Summary => "run the pooler of a pgbouncer.ini in the manner of PgBouncer; also by a link of that name";

    public string Help => $"""
        Usage: router pgbouncer [OPTION]... CONFIG_FILE

        {Options}
        """;

    /// <summary>What <c>pgbouncer --help</c> prints.</summary>
    private static string Options => """
        pgbouncer is a connection pooler for PostgreSQL.

        Usage:
          pgbouncer [OPTION]... CONFIG_FILE

        Options:
          -d, --daemon         run in background (as a daemon)
          -q, --quiet          run quietly
          -R, --reboot         do an online reboot
          -u, --user=USERNAME  assume identity of USERNAME
          -v, --verbose        increase verbosity
          -V, --version        show version, then exit
          -h, --help           show this help, then exit

        This is Router in the place of PgBouncer; it does the same as: router pgbouncer [OPTION]... CONFIG_FILE.
        Example: pgbouncer -d /etc/pgbouncer/pgbouncer.ini

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        PgBouncerArguments parsed;
        try
        {
            parsed = PgBouncerArguments.Parse(arguments);
        }
        catch (UsageException wrong)
        {
            await terminal.ComplainAsync($"pgbouncer: {wrong.Message}\nTry \"pgbouncer --help\" for more information.");
            return Failed;
        }

        if (parsed.WantsHelp || parsed.WantsVersion)
        {
            await terminal.Out.WriteAsync(parsed.WantsHelp
                ? Options
                : $"PgBouncer {ProxyServer.CompatibleVersion}\nRouter {CommandLine.Version}\n");
            return ExitCode.Ok;
        }

        var findings = new Findings();
        var configuration = PoolerConfiguration.Load(parsed.File, findings);
        foreach (var finding in findings.Told)
        {
            await SayAsync(terminal, finding.Severity == FindingSeverity.Error ? LogLevel.Error : LogLevel.Warning, finding.ToString());
        }

        var problem = configuration is null ? "cannot load config file"
            : SwitchAccount(parsed, configuration);
        if (problem is null && parsed.IsDaemon)
        {
            problem = await Daemon.StartAsync(configuration!.Ini.Settings.Of(SettingTable.Pidfile), arguments, parsed.IsReboot, time);
            if (problem is null)
            {
                return ExitCode.Ok;
            }
        }

        if (problem is not null)
        {
            await SayAsync(terminal, LogLevel.Critical, problem);
            return Failed;
        }

        return await PoolerRun.StartAsync(configuration!, Personality.PgBouncer, parsed, time);
    }

    /// <summary>Null where the process may serve as who it is now.</summary>
    private static string? SwitchAccount(PgBouncerArguments arguments, PoolerConfiguration configuration)
    {
        var user = arguments.User ?? configuration.Ini.Settings.Of(SettingTable.User);
        var problem = user.Length > 0 && Environment.IsPrivilegedProcess ? Accounts.SwitchTo(user) : null;
        return problem ?? (Accounts.Current == 0 ? "PgBouncer should not run as root" : null);
    }

    private Task SayAsync(Terminal terminal, LogLevel level, string words) =>
        terminal.ComplainAsync(LogLine.PgBouncer(time.GetUtcNow(), level, words, exception: null));
}
